/* Copies the project aside, moves aws-cdk-lib to the newest version that its range allows, and runs the tests there. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const SKIP = new Set(['.git', '.tmp', 'cdk.out', 'dist', 'coverage', 'lib']);
const copy = mkdtempSync(join(tmpdir(), 'postmaster-latest-'));
const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: copy, stdio: 'inherit' });

try {
  cpSync('.', copy, { recursive: true, filter: source => !SKIP.has(relative('.', source)) });
  run('npm', 'install', '--no-save', '--no-audit', '--no-fund', 'aws-cdk-lib@2', 'constructs@10');
  console.log(`aws-cdk-lib ${execFileSync('node', ['-p', 'require("aws-cdk-lib/package.json").version'], { cwd: copy }).toString().trim()}`);
  run('npx', 'jest', ...process.argv.slice(2));
} finally {
  rmSync(copy, { recursive: true, force: true });
}
