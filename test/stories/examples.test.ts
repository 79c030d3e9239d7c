/*
 * The example apps, as their readers would synthesize them: in a process of their own, with aws-cdk-lib's template validation on,
 * without feature flags and with all recommended ones. One snapshot each.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXAMPLES = readdirSync('examples', { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name);
const RECOMMENDED_FLAGS = readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8');
const outdir = mkdtempSync(join(tmpdir(), 'postmaster-examples-'));

afterAll(() => rmSync(outdir, { recursive: true, force: true }));

interface Template { Resources: Record<string, { Type: string; Properties?: object }> }

const plain = new Map<string, Template>();

/** Without feature flags, once. */
function synthesizePlain(example: string): Template {
  const template = plain.get(example) ?? synthesize(example, '{}');
  plain.set(example, template);
  return template;
}

function synthesize(example: string, context: string): Template {
  const target = join(outdir, `${example}-${context.length}`);
  execFileSync('node_modules/.bin/tsx', [`examples/${example}/app.ts`], {
    env: { ...process.env, CDK_OUTDIR: target, CDK_CONTEXT_JSON: context, CDK_VALIDATION: 'true' }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [template] = readdirSync(target).filter(file => file.endsWith('.template.json'));
  return JSON.parse(readFileSync(join(target, template), 'utf8'));
}

/** Asset hashes change with every version of the SDK in a handler's bundle. */
function withoutHashes(template: object): object {
  return JSON.parse(JSON.stringify(template).replace(/[0-9a-f]{64}/g, 'HASH'));
}

test('each example is listed here by its directory', () => {
  expect(EXAMPLES).toEqual([
    'bring-your-own-dkim', 'company-domain', 'dns-elsewhere', 'dns-in-another-account', 'enterprise-account', 'first-domain', 'support-inbox', 'two-streams',
    'watched-mail',
  ]);
});

test.each(EXAMPLES)('%s synthesizes to the template that was reviewed', example => {
  expect(withoutHashes(synthesizePlain(example))).toMatchSnapshot();
}, 60_000);

test.each(EXAMPLES)('%s makes the same mail resources with all recommended feature flags', example => {
  const mail = (template: Template) => Object.entries(template.Resources)
    .filter(([, { Type }]) => /^(AWS::SES|AWS::Route53|Custom::)/.test(Type)).map(([id, { Type, Properties }]) => ({ id, Type, Properties }));
  expect(withoutHashes(mail(synthesize(example, RECOMMENDED_FLAGS)))).toEqual(withoutHashes(mail(synthesizePlain(example))));
}, 60_000);
