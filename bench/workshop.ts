import { execFileSync, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/** The SDK in the handlers warns about the age of Node.js. */
const SILENT = { ...process.env, NODE_NO_WARNINGS: '1' };

/** Where things are compiled, once, so that no measurement has compiling in it. */
const FOLDER = resolve('.tmp/bench');

/**
 * The compiled library beside the newest aws-cdk-lib: what a user has who installs both today. (The project itself is tested on the oldest that it
 * supports, which does not yet validate templates.)
 */
export class Workshop {
  public static async open(): Promise<Workshop> {
    mkdirSync(FOLDER, { recursive: true });
    if (!existsSync(join(FOLDER, 'node_modules/aws-cdk-lib'))) {
      writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }');
      run('npm', 'install', '--prefix', FOLDER, '--no-audit', '--no-fund', '--loglevel=error', 'aws-cdk-lib@2', 'constructs@10');
    }
    rmSync(join(FOLDER, 'lib'), { recursive: true, force: true });
    run('npx', 'tsc', '-p', 'tsconfig.json', '--outDir', join(FOLDER, 'lib'), '--declaration', 'false');
    execFileSync(resolve('node_modules/.bin/tsx'), [resolve('projenrc/lazy-index.ts')], { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
    await build({
      entryPoints: ['bench/synth.ts'],
      outdir: FOLDER,
      bundle: true,
      platform: 'node',
      packages: 'external',
      plugins: [{ name: 'library', setup: ({ onResolve }) => { onResolve({ filter: /^\.\.\/src$/ }, () => ({ path: './lib', external: true })); } }],
    });
    await build({ entryPoints: ['bench/handle.ts'], outdir: FOLDER, bundle: true, platform: 'node' });
    return new Workshop();
  }

  public readonly awsCdkLib: string;

  private constructor() {
    this.awsCdkLib = (JSON.parse(readFileSync(join(FOLDER, 'node_modules/aws-cdk-lib/package.json'), 'utf8')) as { version: string }).version;
  }

  /** Runs the measurement of a variant in a new process and hands back what it sends. */
  public async measure<T>(args: string[], validation: boolean): Promise<T> {
    return answerOf<T>(join(FOLDER, 'synth.js'), args, { env: { ...process.env, CDK_VALIDATION: String(validation) }, execArgv: ['--max-old-space-size=8192'] });
  }

  /** Runs another measurement in a new process and hands back what it sends. */
  public async run<T>(script: 'handle', args: string[]): Promise<T> {
    return answerOf<T>(join(FOLDER, `${script}.js`), args, { env: SILENT });
  }

  /** Runs a script in a new process, in the place where the library finds its dependencies. */
  public async evaluate<T>(script: string): Promise<T> {
    const file = join(FOLDER, 'evaluate.js');
    writeFileSync(file, script);
    return answerOf<T>(file, [], { env: SILENT });
  }

  /** The handlers as they are shipped. */
  public handlers(): string[] {
    if (!existsSync('assets')) run('npx', 'projen', 'bundle');
    return execFileSync('find', ['assets', '-name', 'index.js'], { encoding: 'utf8' }).trim().split('\n').map(path => relative('.', path)).sort();
  }
}

async function answerOf<T>(file: string, args: string[], options: ForkOptions): Promise<T> {
  const child = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], ...options });
  let answer: T | undefined;
  child.on('message', message => { answer = message as T; });
  const [code] = await once(child, 'exit') as [number | null];
  if (code !== 0 || answer === undefined) throw new Error(`${relative('.', file)} ${args.join(' ')} ended with ${code} and without an answer`);
  return answer;
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
