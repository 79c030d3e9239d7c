import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './process';

const FOLDER = resolve('.tmp/e2e/venv');
const REQUIREMENTS = resolve('test/e2e/requirements.txt');
const STAMP = join(FOLDER, 'requirements.sha256');

/** The Python tools of this lane in a virtual environment of their own, made once and again when requirements.txt changes. */
export interface Venv {
  readonly python: string;
  readonly cfnLint: string;
}

export async function venv(): Promise<Venv> {
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== hash) {
    await make();
    writeFileSync(STAMP, hash);
  }
  return { python: join(FOLDER, 'bin/python'), cfnLint: join(FOLDER, 'bin/cfn-lint') };
}

async function make() {
  console.log('Making .tmp/e2e/venv from test/e2e/requirements.txt');
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  // pip is the one step here that reaches a registry, so it keeps the caller's environment: index, proxy, certificates
  const python = process.env.PYTHON ?? 'python3';
  const made = await run(python, ['-m', 'venv', FOLDER], { env: process.env, timeoutSeconds: 120 }).catch(error => {
    throw new Error(`${python} cannot be started (${error.message}). Install Python 3.10 or newer, or name one in PYTHON.`);
  });
  if (made.code !== 0) {
    const hint = made.output.includes('ensurepip') ? '\nOn Debian and Ubuntu: apt-get install python3-venv' : '';
    throw new Error(`${python} -m venv failed:\n${made.output}${hint}`);
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  const installed = await run(join(FOLDER, 'bin/python'), pip, { env: process.env, timeoutSeconds: 300 });
  if (installed.code !== 0) throw new Error(`pip install -r test/e2e/requirements.txt failed:\n${installed.output.replace(/https?:\/\/\S+/g, '<index>')}`);
}
