/*
 * Compiles the examples in docs/, as jsii-rosetta does those in the README and in the API documentation: each in the fixture, against the package by its name.
 * docs/runtime.md is left out: a test runs its examples and compares what they return.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '.tmp/docs';
const fixture = readFileSync('rosetta/default.ts-fixture', 'utf8');

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const pages = readdirSync('docs').filter(page => page.endsWith('.md') && page !== 'runtime.md');
const examples = pages.flatMap(page => [...readFileSync(join('docs', page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code], index) => ({ page, index, code })));
for (const { page, index, code } of examples) {
  // what a snippet declares belongs outside of the constructor that it runs in
  const declared = code.split('\n').filter(line => line.startsWith('declare ')).join('\n');
  const body = code.split('\n').filter(line => !line.startsWith('declare ')).join('\n');
  writeFileSync(join(FOLDER, `${page.replace('.md', '')}-${index + 1}.ts`), fixture.replace('class Fixture', () => `${declared}\nclass Fixture`).replace('/// here', () => body));
}
writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify({
  compilerOptions: { noEmit: true, strict: true, target: 'es2022', module: 'node16', moduleResolution: 'node16', skipLibCheck: true, types: ['node'] }, include: ['*.ts'],
}));
execFileSync('node_modules/.bin/tsc', ['-p', FOLDER], { stdio: 'inherit' });
console.log(`${examples.length} examples of ${pages.length} pages in docs/ compile.`);
