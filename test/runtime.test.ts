import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as runtime from '../src/runtime';

/** What a fresh Node process loads with a module, as paths in the project. */
function loadedBy(source: string): string[] {
  const script = 'const before = new Set(Object.keys(require.cache)); require(process.argv[1]);' +
    'console.log(JSON.stringify(Object.keys(require.cache).filter(file => !before.has(file))));';
  const files = JSON.parse(execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script, join(process.cwd(), source)], { encoding: 'utf8' })) as string[];
  return files.map(file => file.slice(process.cwd().length + 1).replaceAll('\\', '/'));
}

test('the door for functions loads neither the CDK, nor an SDK, nor any other package', () => {
  const files = loadedBy('src/runtime.ts');
  expect(files).toContain('src/sending/mail-headers.ts');
  expect(files.filter(file => !/^src\/[\w/-]+\.ts$/.test(file))).toEqual([]);
});

test('what loads the CDK would be seen', () => {
  expect(loadedBy('src/private/finding.ts')).toContain('node_modules/aws-cdk-lib/index.js');
});

test('the door has these helpers', () => {
  expect(Object.keys(runtime).sort()).toEqual([
    'AUTO_TAGS', 'AutoTag', 'Disposition', 'MailboxSimulator', 'NO_TRACK', 'OPEN_TRACKER', 'SAMPLE_MESSAGE', 'SmtpPort', 'WITHOUT_DSN',
    'WITHOUT_REPORT', 'blocklistOf', 'bulkCalls', 'bulkOutcome', 'checkListUnsubscribe', 'contentProblems', 'decryptMail',
    'delegatedHeaderProblems', 'delegatedHeaders', 'delegatedRegion', 'delegatedSendEmail', 'delegatedSendEmailV1', 'delegatedSendRawEmailV1',
    'escapeHtml', 'feedbackOf', 'fetchMail', 'forwardedFeedbackRecipient', 'isEncryptedMail', 'linkTags', 'listUnsubscribeHeaders',
    'mailObjectKey', 'parseAuthenticationResults', 'parseMailEvents', 'parseReceivedMail', 'rawHeaders', 'readSmtpSettings', 'receiveMail',
    'receivedContent', 'sampleEvent', 'sampleNotification', 'sampleReceiptEvent', 'sampleReceivedMail', 'sendFailure', 'sendParameters',
    'sesHeaders', 'smtpPassword', 'smtpSettings', 'streamFromEnvironment', 'templateRules', 'trustedVerdicts',
  ]);
});

const page = readFileSync('docs/runtime.md', 'utf8');
const examples = [...page.matchAll(/```ts\n((?:(?!```)[^])*)```\s+```json\n((?:(?!```)[^])*)```/g)].map(([, code, output]) => [code.trim(), output] as const);

test('each output on the page stands below its example', () => {
  expect(examples.length).toBeGreaterThan(8);
  expect(page.match(/```json/g)).toHaveLength(examples.length);
});

test.each(examples)('the page says what this returns: %s', async (code, output) => {
  const evaluate = new Function(...Object.keys(runtime), `return (${code});`);
  expect(await evaluate(...Object.values(runtime))).toEqual(JSON.parse(output));
});

test('the page names every helper', () => {
  expect(Object.keys(runtime).filter(name => !page.includes(name))).toEqual([]);
});
