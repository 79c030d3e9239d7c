import { normalizeDomain } from './domain-name';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/** A year of 366 days (RFC 8461, section 3.2). */
const MAX_AGE_LIMIT = 31557600;

/** What a policy file says. The mode is `enforce`, `testing` or `none`. */
export interface PolicyFile {
  readonly mode: string;
  readonly mailServers: string[];
  readonly maxAgeSeconds: number;
}

/**
 * Writes a policy file in the form and line ends of RFC 8461.
 */
export function renderPolicyFile(policy: PolicyFile): string {
  const lines = ['version: STSv1', `mode: ${policy.mode}`, ...policy.mailServers.map(server => `mx: ${server}`), `max_age: ${policy.maxAgeSeconds}`];
  return lines.map(line => `${line}\r\n`).join('');
}

/**
 * Reads a policy file. Keys that nobody has defined are ignored, and of a key that is there twice the first counts, but for `mx` (RFC 8461).
 */
export function parsePolicyFile(text: string): PolicyFile {
  const fields = text.split(/\r?\n/).filter(line => line.trim() !== '').map(line => {
    const parts = /^\s*([a-z0-9][\w.-]*)\s*:\s*(.*?)\s*$/i.exec(line);
    if (!parts) fail('MtaSts.line', `the MTA-STS policy has the line "${line}"; the form is "key: value"`);
    return { key: parts[1], value: parts[2] };
  });
  const valueOf = (key: string, accepted: RegExp, words: string) => {
    const value = fields.find(field => field.key === key)?.value;
    if (value === undefined || !accepted.test(value)) {
      fail('MtaSts.field', `the MTA-STS policy has ${value === undefined ? `no ${key}` : `"${key}: ${value}"`}; ${key} is ${words}`);
    }
    return value;
  };
  valueOf('version', /^STSv1$/, 'STSv1');
  return {
    mode: valueOf('mode', /^(?:enforce|testing|none)$/, 'enforce, testing or none'),
    maxAgeSeconds: Number(valueOf('max_age', /^\d{1,10}$/, 'a whole number of seconds')),
    mailServers: fields.filter(field => field.key === 'mx').map(field => field.value),
  };
}

/**
 * A policy whose values are in order, with its servers in lower case.
 */
export function checkPolicy(policy: PolicyFile): PolicyFile {
  const { mode, maxAgeSeconds } = policy;
  const mailServers = [...new Set(policy.mailServers.map(server => checkMailServer(server)))];
  if (mailServers.length === 0 && mode !== 'none') {
    fail('MtaSts.noMailServer', `the MTA-STS policy (mode ${mode}) has no mail server; list the hosts of the domain's MX records`);
  }
  if (!Number.isInteger(maxAgeSeconds) || maxAgeSeconds < 1 || maxAgeSeconds > MAX_AGE_LIMIT) {
    fail('MtaSts.maxAge', `the MTA-STS maxAge is ${maxAgeSeconds} seconds; it is a whole number from 1 to ${MAX_AGE_LIMIT} (RFC 8461)`);
  }
  return { mode, mailServers, maxAgeSeconds };
}

/** A host, or `*.` and a domain for all hosts one label below it. */
function checkMailServer(server: string): string {
  if (hasToken(server)) return server;
  return server.startsWith('*.') ? `*.${normalizeDomain(server.slice(2), 'mail server')}` : normalizeDomain(server, 'mail server');
}
