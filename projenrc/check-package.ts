/*
 * Unpacks the package as npm would publish it into an empty project that has the peers only, and uses it there: what a user's machine will do first.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PEERS = ['aws-cdk-lib', 'constructs', 'cdk-nag'];
/** All that users get. */
const PUBLISHED = /^(lib\/|assets\/|node_modules\/tldts|bin\/postmaster$|\.jsii(\.tabl\.json)?$|(README|API)\.md$|LICENSE$|NOTICE$|package\.json$)/;

const SCRIPT = `
const { App, Stack } = require('aws-cdk-lib');
const { Dns, VerifiedDomain } = require('cdk-postmaster');
const loaded = name => Object.keys(require.cache).some(file => file.includes('/node_modules/' + name + '/'));
const stack = new Stack(new App(), 'Stack');
new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com') });
new VerifiedDomain(stack, 'Account', { dns: Dns.route53InAccount({ hostedZoneId: 'Z', zoneName: 'example.net', roleArn: 'arn:aws:iam::111122223333:role/dns' }) });
stack.node.root.synth();
if (loaded('cdk-nag')) throw new Error('cdk-nag is loaded although nothing of it was used');
if (!loaded('tldts')) throw new Error('the public suffix list is not bundled');
if (typeof require('cdk-postmaster').MailChecks !== 'function') throw new Error('MailChecks is missing');
try { require('cdk-postmaster/lib/private/errors'); throw new Error('the private chapter can be imported'); } catch (error) {
  if (error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
}
`;

const directory = mkdtempSync(join(tmpdir(), 'postmaster-package-'));
const run = (command: string, args: string[], cwd: string) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64 * 1024 * 1024 });

try {
  const [{ filename, files, size }] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', directory], '.'));
  const foreign = (files as { path: string }[]).map(({ path }) => path).filter(path => !PUBLISHED.test(path));
  if (foreign.length > 0) throw new Error(`the package would carry ${foreign.length} files that are not for users, e.g. ${foreign.slice(0, 5).join(', ')}`);
  const modules = join(directory, 'node_modules');
  mkdirSync(modules);
  run('tar', ['xzf', filename], directory);
  renameSync(join(directory, 'package'), join(modules, 'cdk-postmaster'));
  for (const peer of PEERS) symlinkSync(resolve('node_modules', peer), join(modules, peer));
  writeFileSync(join(directory, 'use.js'), SCRIPT);
  run('node', ['use.js'], directory);
  run('node', ['--input-type=module', '-e', 'import { VerifiedDomain } from "cdk-postmaster"; if (!VerifiedDomain) process.exit(1);'], directory);
  run('node', [join(modules, 'cdk-postmaster', 'bin', 'postmaster'), 'dns', '--help'], directory);
  console.log(`The package works with its peers alone: ${files.length} files, ${Math.round(size / 1024)} KB packed.`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
