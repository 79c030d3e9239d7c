import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get, request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanEnvironment, end, removeFolder, start, temporaryFolder } from './process';

/** The account which the app is deployed to. */
export const ACCOUNT = '111111111111';
/** The account which owns the DNS zones in the cross-account scenario. */
export const DNS_ACCOUNT = '222222222222';

const READY_WITHIN_SECONDS = 60;

/** A running MiniStack with our stand-ins, on a loopback port of its own. */
export interface Emulator {
  readonly endpoint: string;
  /** The file with the certificate it made for itself. */
  readonly certificate: string;
  /**
   * Brings about what nobody in the account can: `time` (seconds), `account` (what AWS decides), `leased` (dedicated IP addresses), `mail` (what SES has
   * news of), `received` (a message), `throttling` (every so manieth change of the suppression list); and tells what was `sent`, which `bounces`, and
   * where secrets are that got out (`leaks`). See stand_ins/control.py.
   */
  readonly happens: (
    what: 'time' | 'account' | 'leased' | 'mail' | 'received' | 'throttling' | 'sent' | 'bounces' | 'leaks', details: object,
  ) => Promise<Record<string, unknown>>;
  /** The last lines it wrote, for the report of a failure. */
  readonly log: () => string;
  readonly stop: () => void;
}

export async function startEmulator(python: string, region: string): Promise<Emulator> {
  const state = temporaryFolder('emulator');
  const port = await freePort();
  const endpoint = `https://127.0.0.1:${port}`;
  const certificate = join(state, 'ministack-tls/server.crt');
  const child = start(python, ['-B', '-u', resolve('test/e2e/ministack_extended.py')], {
    cwd: state,
    env: {
      ...cleanEnvironment(state),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: region,
      STATE_DIR: state,
      // as in AWS: handlers answer CloudFormation over HTTPS only, and the asset bucket of `cdk bootstrap` refuses plain HTTP
      USE_SSL: '1',
      // requests are authenticated and authorized: an IAM policy that is too narrow fails the scenario
      AUTH: 'true',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      LOG_LEVEL: 'INFO',
    },
  });
  const lines: string[] = [];
  const keep = (text: string) => {
    lines.push(...text.split('\n').filter(line => line.trim()));
    lines.splice(0, lines.length - 400);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const stop = () => {
    end(child);
    removeFolder(state);
  };
  const deadline = Date.now() + READY_WITHIN_SECONDS * 1000;
  while (!await healthy(endpoint, certificate)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      stop();
      throw new Error(`The emulator did not start:\n${lines.join('\n')}`);
    }
    await sleep(100);
  }
  lines.length = 0;
  const happens: Emulator['happens'] = (what, details) => post(`${endpoint}/_e2e/${what}`, readFileSync(certificate), details);
  return { endpoint, certificate, happens, log: () => lines.join('\n'), stop };
}

async function post(url: string, ca: Buffer, body: object): Promise<Record<string, unknown>> {
  const call = request(url, { method: 'POST', ca });
  call.end(JSON.stringify(body));
  const [response] = await once(call, 'response') as [IncomingMessage];
  const answer = (await response.setEncoding('utf8').toArray()).join('');
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode} ${answer}`);
  return JSON.parse(answer) as Record<string, unknown>;
}

function healthy(endpoint: string, certificate: string) {
  if (!existsSync(certificate)) return false;
  return new Promise<boolean>(settle => {
    const call = get(`${endpoint}/_ministack/health`, { ca: readFileSync(certificate), agent: false }, response => {
      response.resume();
      settle(response.statusCode === 200);
    });
    call.on('error', () => settle(false));
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
