import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a run leaves if nobody cleans up. Ended and removed whichever way the run ends. */
const running = new Set<ChildProcess>();
const folders = new Set<string>();

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly timeoutSeconds: number;
}

export interface Finished {
  /** The exit code; null when it was ended by its time limit. */
  readonly code: number | null;
  /** Standard output. */
  readonly stdout: string;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

/** Starts a process as the leader of its own group, so that `end` reaches its children too. */
export function start(command: string, args: readonly string[], options: Omit<RunOptions, 'timeoutSeconds'>) {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env, detached: true, stdio: 'pipe' });
  running.add(child);
  // a command which does not exist has an `error` and no `exit`
  child.once('error', () => running.delete(child));
  return child;
}

/** Ends a process group at once: nothing in it has state worth saving. */
export function end(child: ChildProcess) {
  running.delete(child);
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // the group is gone already
  }
}

export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const child = start(command, args, options);
  child.stdin.end();
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; output += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { output += text; });
  let late = false;
  const timer = setTimeout(() => { late = true; end(child); }, options.timeoutSeconds * 1000);
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    return { code: late ? null : code, stdout, output: late ? `${output}\nended after its limit of ${options.timeoutSeconds} s` : output };
  } finally {
    clearTimeout(timer);
    end(child);
  }
}

export function temporaryFolder(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `postmaster-${name}-`));
  folders.add(folder);
  return folder;
}

export function removeFolder(folder: string) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
}

/** Nothing outlives the run: not after its end, not after an exception, not after Ctrl-C. */
export function cleanUpOnExit() {
  process.on('exit', () => {
    [...running].forEach(end);
    [...folders].forEach(removeFolder);
  });
  process.on('SIGINT', () => process.exit(130));
  process.on('SIGTERM', () => process.exit(143));
  process.on('SIGHUP', () => process.exit(129));
}

/** The environment of everything we start: no credentials, profiles, proxies or home of the person who runs it. */
export function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: home, TMPDIR: home };
}
