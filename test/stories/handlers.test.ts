/* How the functions are tested: with the real SDK, over the wire, against fakes that refuse what the services refuse. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const filesIn = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file));
const handlers = filesIn('src').filter(file => /\.lambda(-shared)?\.ts$/.test(file)).map(file => ({ name: basename(file, '.ts'), text: readFileSync(file, 'utf8') }));
/** Tests, and what they share among them. */
const tests = filesIn('test').filter(file => file.endsWith('.ts') && !file.startsWith('test/e2e')).map(file => ({ file, text: readFileSync(file, 'utf8') }));

/** The modules of handlers that a module imports, and those that these import. */
function importsOf(name: string): string[] {
  const { text } = handlers.find(handler => handler.name === name)!;
  const direct = [...text.matchAll(/from '[^']*?([\w-]+\.lambda(?:-shared)?)'/g)].map(match => match[1]);
  return [...direct, ...direct.flatMap(importsOf)];
}

const callsAws = handlers.filter(({ text }) => text.includes('from \'@aws-sdk/')).map(({ name }) => name);

test('each module that calls AWS is reached by a test with a fake of the service', () => {
  const driven = tests.filter(({ text }) => /from '.*support\/fake-/.test(text)).flatMap(({ text }) => handlers.filter(({ name }) => text.includes(`/${name}'`)).map(({ name }) => name));
  const reached = new Set(driven.flatMap(name => [name, ...importsOf(name)]));
  expect(callsAws.length).toBeGreaterThan(7);
  expect(callsAws.filter(name => !reached.has(name))).toEqual([]);
});

test('no test replaces the SDK', () => {
  const replaced = tests.filter(({ text }) => /jest\.(do)?mock\('@aws-sdk|aws-sdk-client-mock|spyOn\(\w+Client\.prototype/.test(text)).map(({ file }) => file);
  expect(replaced.filter(file => !file.endsWith('handlers.test.ts'))).toEqual([]);
});

test('each fake by which a handler is tested is shown to refuse what it does not know', () => {
  const driving = tests.filter(({ text }) => handlers.some(({ name }) => text.includes(`/${name}'`)));
  const fakes = new Set(driving.flatMap(({ text }) => [...text.matchAll(/support\/(fake-[\w-]+)'/g)].map(match => match[1])));
  const shown = tests.filter(({ file }) => /^test\/support\/.*\.test\.ts$/.test(file)).map(({ text }) => text).join('\n');
  expect(fakes.size).toBeGreaterThan(9);
  // of CloudFormation there is nothing but an address to answer to
  const exempt = ['fake-service', 'fake-json-service', 'fake-cloudformation'];
  expect([...fakes].filter(fake => !exempt.includes(fake) && !shown.includes(`./${fake}'`))).toEqual([]);
});
