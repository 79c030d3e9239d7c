import { whyNoBounce } from './bounce-guard';
import { decodeWords } from './encoded-words';
import type { GateOutcome, GateSettings, HeaderPattern, MailPattern, SenderPattern } from './gate-constants';
import type { ReceivedMail } from '../inbox/received-mail';
import { matches } from '../receipt/recipient-condition';

/** What a gate has decided. */
export type GateDecision = Omit<GateOutcome, 'pattern'>;

/**
 * What becomes of mail.
 *
 * @param now in milliseconds; mail can be bounced for a time only
 */
export function decide({ outcomes, otherwise }: Pick<GateSettings, 'outcomes' | 'otherwise'>, received: ReceivedMail, now: number): GateDecision {
  const outcome = outcomes.find(({ pattern }) => fits(pattern, received, now) === true);
  return outcome ?? { disposition: otherwise, reason: 'nothing that the gate looks for' };
}

/**
 * Whether mail is what a pattern looks for. Undefined when nobody can say: SES gives the first 10 KB of a header only, so a field may be there or not.
 */
export function fits(pattern: MailPattern, received: ReceivedMail, now: number): boolean | undefined {
  const { mail, receipt } = received;
  const all = (patterns: readonly MailPattern[]) => patterns.map(each => fits(each, received, now));
  if ('allOf' in pattern) return not(some(all(pattern.allOf).map(not)));
  if ('anyOf' in pattern) return some(all(pattern.anyOf));
  if ('noneOf' in pattern) return not(some(all(pattern.noneOf)));
  if ('verdicts' in pattern) return pattern.verdicts.some(verdict => pattern.statuses.includes(receipt[`${verdict}Verdict`]?.status ?? ''));
  if ('dmarcPolicy' in pattern) return receipt.dmarcPolicy === pattern.dmarcPolicy;
  if ('subject' in pattern) return contains(decodeWords(mail.commonHeaders.subject ?? ''), pattern.subject);
  if ('header' in pattern) return hasHeader(pattern, received);
  if ('recipients' in pattern) return receipt.recipients.some(recipient => isOneOf(recipient, pattern.recipients));
  if ('senders' in pattern) return isFrom(pattern, received);
  return (whyNoBounce(received, now) === undefined) === pattern.mayBounce;
}

function hasHeader(pattern: HeaderPattern, { mail }: ReceivedMail): boolean | undefined {
  const values = mail.headers.filter(({ name }) => same(name, pattern.header)).map(({ value }) => decodeWords(value));
  const found = values.some(value => (pattern.value === undefined || same(value.trim(), pattern.value)) && contains(value, pattern.contains ?? ''));
  return found || (mail.headersTruncated ? undefined : false);
}

/** Anybody can write anything into From. Who is who they say: DMARC vouches for the one author in From, SPF for the address in the envelope. */
function isFrom({ senders, authenticated }: SenderPattern, { mail, receipt }: ReceivedMail): boolean {
  const { from: given = [] } = mail.commonHeaders;
  const authors = authenticated && (given.length > 1 || receipt.dmarcVerdict?.status !== 'PASS') ? [] : given.map(addressOf);
  const envelope = authenticated && receipt.spfVerdict?.status !== 'PASS' ? [] : [mail.source];
  return [...authors, ...envelope].some(address => isOneOf(address, senders));
}

/** The address in a mailbox, whatever its display name pretends to be. Empty when it is not plain. */
function addressOf(mailbox: string): string {
  const [, address = ''] = /^(?:[^"<>,]*|\s*"(?:[^"\\]|\\.)*"\s*)<([^<>\s]+)>\s*$/.exec(mailbox) ?? /^\s*([^"<>,;:\s]+)\s*$/.exec(mailbox) ?? [];
  return address;
}

function isOneOf(address: string, conditions: readonly string[]): boolean {
  return conditions.some(condition => matches(condition, address));
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

/** Kleene's logic: what is not known decides only if nothing else does. */
function some(values: readonly (boolean | undefined)[]): boolean | undefined {
  return values.includes(true) || (values.includes(undefined) ? undefined : false);
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}
