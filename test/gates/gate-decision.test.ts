import fc from 'fast-check';
import { whyNoBounce } from '../../src/gates/bounce-guard';
import { decodeWords } from '../../src/gates/encoded-words';
import type { GateOutcome, MailPattern } from '../../src/gates/gate-constants';
import { decide, fits } from '../../src/gates/gate-decision';
import { MailMatch } from '../../src/gates/mail-match';
import { Verdict, VerdictStatus } from '../../src/gates/verdict';
import { parseReceivedMail } from '../../src/inbox/parse-received-mail';
import type { ReceivedMail } from '../../src/inbox/received-mail';
import { sampleReceiptEvent } from '../../src/inbox/sample-received-mail';
import { Recipient } from '../../src/receipt';

const RECEIVED = Date.parse('2026-07-10T08:15:30.000Z');

function mailWith(changes: Record<string, unknown>): ReceivedMail {
  return parseReceivedMail(sampleReceiptEvent(changes))[0];
}

const withHeaders = (...headers: [name: string, value: string][]) => {
  return mailWith({ mail: { headers: headers.map(([name, value]) => ({ name, value })) } });
};
const truncated = (mail: ReceivedMail): ReceivedMail => ({ ...mail, mail: { ...mail.mail, headersTruncated: true } });
const match = ({ _pattern }: MailMatch, mail: ReceivedMail) => fits(_pattern, mail, RECEIVED);

describe('verdicts', () => {
  const STATUSES = [undefined, ...Object.values(VerdictStatus)];
  const combinations = STATUSES.flatMap(spam => STATUSES.flatMap(virus => [[spam, virus] as const]));

  test('all combinations: one that counts is enough', () => {
    const spam = MailMatch.verdict([Verdict.SPAM, Verdict.VIRUS], [VerdictStatus.FAIL]);
    const strict = MailMatch.verdict([Verdict.SPAM, Verdict.VIRUS], [VerdictStatus.FAIL, VerdictStatus.GRAY]);
    const caught = (pattern: MailMatch) => combinations.filter(([spamStatus, virusStatus]) => match(pattern, mailWith({
      receipt: { spamVerdict: spamStatus && { status: spamStatus }, virusVerdict: virusStatus && { status: virusStatus } },
    })));
    expect(caught(spam)).toEqual(combinations.filter(each => each.includes(VerdictStatus.FAIL)));
    expect(caught(spam)).toHaveLength(11);
    expect(caught(strict)).toHaveLength(20);
  });

  test.each(Object.values(Verdict))('%s is told apart from the others', verdict => {
    const mail = mailWith({ receipt: { [`${verdict}Verdict`]: { status: 'FAIL' } } });
    expect(Object.values(Verdict).filter(each => match(MailMatch.verdict([each], [VerdictStatus.FAIL]), mail))).toEqual([verdict]);
  });

  test('the policy of a domain is one of three, however SES writes it', () => {
    const policies = ['none', 'quarantine', 'reject'];
    const found = (given: unknown) => policies.filter(dmarcPolicy => fits({ dmarcPolicy }, mailWith({ receipt: { dmarcPolicy: given } }), RECEIVED));
    expect([found('reject'), found({ status: 'REJECT' }), found('none'), found(undefined)]).toEqual([['reject'], ['reject'], ['none'], []]);
  });
});

describe('headers and subjects', () => {
  test.each<[pattern: string, match: MailMatch, headers: [string, string][], expected: boolean]>([
    ['a header', MailMatch.header('List-Id'), [['list-id', '<a>']], true],
    ['a header that is not there', MailMatch.header('List-Id'), [['List', '<a>']], false],
    ['a value', MailMatch.headerIs('X-Header', 'X-Value'), [['x-header', ' x-value ']], true],
    ['one of several values', MailMatch.headerIs('X-Header', 'b'), [['X-Header', 'a'], ['X-Header', 'b']], true],
    ['another value', MailMatch.headerIs('X-Header', 'X-Value'), [['X-Header', 'X-Value-2']], false],
    ['an empty value', MailMatch.headerIs('X-Header', ''), [['X-Header', '']], true],
    ['a part', MailMatch.headerContains('X-Mailer', 'bulk'), [['X-Mailer', 'SuperBULKer 2']], true],
    ['a part of another header', MailMatch.headerContains('X-Mailer', 'bulk'), [['X-Other', 'bulk']], false],
    ['an encoded part', MailMatch.headerContains('X-Mailer', 'bulk'), [['X-Mailer', '=?utf-8?B?YnVsaw==?=']], true],
  ])('%s', (_, pattern, headers, expected) => expect(match(pattern, withHeaders(...headers))).toBe(expected));

  test.each([
    ['Great DISCOUNT today', true], ['=?utf-8?Q?Great_d=C4=B1scount?=', false], ['=?UTF-8?B?R3JlYXQgZGlz?=\r\n =?UTF-8?B?Y291bnQ=?=', true], ['Hello', false], [undefined, false],
  ])('the subject %s', (subject, expected) => expect(match(MailMatch.subjectContains('discount'), mailWith({ mail: { commonHeaders: { subject } } }))).toBe(expected));

  test('are not known when the header is cut: then the gate takes mail for such that it does not look for, whichever way round', () => {
    const [found, missing] = [withHeaders(['List-Id', 'a']), withHeaders()].map(truncated);
    const header = MailMatch.header('List-Id');
    const spam = MailMatch.verdict([Verdict.SPAM], [VerdictStatus.PASS]);
    const patterns = [header, MailMatch.noneOf(header), MailMatch.anyOf(header, spam), MailMatch.allOf(header, spam), MailMatch.noneOf(header, spam)];
    expect(patterns.map(each => [match(each, found), match(each, missing)]))
      .toEqual([[true, undefined], [false, undefined], [true, true], [true, undefined], [false, false]]);
    const outcomes: GateOutcome[] = [MailMatch.noneOf(header)].map(({ _pattern: pattern }) => ({ pattern, disposition: 'STOP_RULE_SET', reason: 'x' }));
    expect(decide({ outcomes, otherwise: 'CONTINUE' }, missing, RECEIVED).disposition).toBe('CONTINUE');
  });
});

describe('senders and recipients', () => {
  const mail = (from: string[], source: string, dmarc: string, spf: string) => mailWith({
    mail: { source, commonHeaders: { from } }, receipt: { dmarcVerdict: { status: dmarc }, spfVerdict: { status: spf } },
  });
  const friend = MailMatch.authenticatedSender('friend.example');
  const claimed = MailMatch.sender('friend.example');

  test.each([
    ['in From, DMARC passed', mail(['Ann <ann@friend.example>'], 'x@other.example', 'PASS', 'FAIL'), true, true],
    ['in From, no policy', mail(['ann@friend.example'], 'x@other.example', 'GRAY', 'PASS'), false, true],
    ['in the envelope, SPF passed', mail(['x@other.example'], 'ann@friend.example', 'FAIL', 'PASS'), true, true],
    ['in the envelope, SPF failed', mail(['x@other.example'], 'ann@friend.example', 'PASS', 'SOFTFAIL'), false, true],
    ['in a display name', mail(['"ann@friend.example" <x@other.example>'], 'x@other.example', 'PASS', 'PASS'), false, false],
    ['in a display name with brackets', mail(['"<ann@friend.example>" <x@other.example>'], 'x@other.example', 'PASS', 'PASS'), false, false],
    ['in what is no plain mailbox', mail(['<ann@friend.example>, <x@other.example>'], 'x@other.example', 'PASS', 'PASS'), false, false],
    ['one of two authors', mail(['x@other.example', 'ann@friend.example'], 'x@other.example', 'PASS', 'PASS'), false, true],
    ['below the domain', mail(['ann@a.friend.example'], 'x@other.example', 'PASS', 'PASS'), false, false],
    ['nobody', mail([], '', 'PASS', 'PASS'), false, false],
  ])('%s', (_, received, authenticated, said) => expect([match(friend, received), match(claimed, received)]).toEqual([authenticated, said]));

  test('one recipient of several is enough', () => {
    const received = mailWith({ receipt: { recipients: ['a@example.com', 'postmaster+x@example.com'] } });
    expect([Recipient.address('postmaster@example.com'), Recipient.address('b@example.com')].map(each => match(MailMatch.recipient(each), received))).toEqual([true, false]);
  });
});

test('what is put together follows the rules of logic', () => {
  const leaf = fc.constantFrom<[MailPattern, boolean]>([{ subject: 'order' }, true], [{ subject: 'discount' }, false]);
  const { tree } = fc.letrec<{ tree: [MailPattern, boolean] }>(tie => ({
    tree: fc.oneof({ maxDepth: 4 }, leaf, fc.tuple(fc.constantFrom('allOf', 'anyOf', 'noneOf'), fc.array(tie('tree'), { minLength: 1, maxLength: 3 })).map(([kind, inner]) => [
      { [kind]: inner.map(([pattern]) => pattern) } as unknown as MailPattern,
      kind === 'allOf' ? inner.every(([, value]) => value) : inner.some(([, value]) => value) === (kind === 'anyOf'),
    ] as [MailPattern, boolean])),
  }));
  fc.assert(fc.property(tree, ([pattern, expected]) => fits(pattern, mailWith({}), RECEIVED) === expected));
});

test('the first outcome that fits is taken', () => {
  const outcomes: GateOutcome[] = [
    { pattern: { subject: 'discount' }, disposition: 'STOP_RULE_SET', reason: 'one' }, { pattern: { subject: 'order' }, disposition: 'STOP_RULE', reason: 'two' },
    { pattern: { subject: 'order' }, disposition: 'CONTINUE', reason: 'three' },
  ];
  expect(decide({ outcomes, otherwise: 'CONTINUE' }, mailWith({}), RECEIVED)).toMatchObject({ disposition: 'STOP_RULE', reason: 'two' });
  expect(decide({ outcomes: [], otherwise: 'STOP_RULE' }, mailWith({}), RECEIVED)).toEqual({ disposition: 'STOP_RULE', reason: 'nothing that the gate looks for' });
});

describe('a bounce', () => {
  const HOUR = 3_600_000;

  test('is sent to a person whose address SPF vouches for', () => expect(whyNoBounce(mailWith({}), RECEIVED + HOUR)).toBeUndefined());

  test.each<[what: string, changes: Record<string, unknown>, reason: RegExp]>([
    ['a bounce', { mail: { source: '' } }, /is a bounce itself/],
    ['an empty address', { mail: { source: '<>' } }, /is a bounce itself/],
    ['a mail server', { mail: { source: 'MAILER-DAEMON@example.net' } }, /mail server/],
    ['a mailing list', { mail: { source: 'news-bounces+me=example.com@example.net' } }, /mail server/],
    ['the recipient', { mail: { source: 'Support@example.com' } }, /the recipient itself/],
    ['a forged address', { receipt: { spfVerdict: { status: 'FAIL' } } }, /SPF does not vouch/],
    ['an address that nothing is known of', { receipt: { spfVerdict: undefined } }, /SPF does not vouch/],
    ['mail with a long header', { mail: { headersTruncated: true } }, /too long/],
    ['mail of no time', { mail: { timestamp: 'yesterday' } }, /24 hours/],
    ['mail from the future', { mail: { timestamp: '2026-07-11T08:15:30.000Z' } }, /24 hours/],
  ])('is not sent to %s', (_, changes, reason) => expect(whyNoBounce(mailWith(changes), RECEIVED)).toMatch(reason));

  test.each([
    ['Auto-Submitted', 'auto-replied'], ['auto-submitted', 'auto-generated; owner=x'], ['Precedence', 'bulk'], ['PRECEDENCE', ' List '], ['X-Auto-Response-Suppress', 'All'],
    ['X-Auto-Response-Suppress', 'OOF'], ['List-Id', '<news.example.net>'], ['List-Unsubscribe', '<https://example.net>'],
  ])('is not sent to a program: %s: %s', (name, value) => expect(whyNoBounce(withHeaders([name, value]), RECEIVED)).toMatch(/by a program/));

  test.each([['Auto-Submitted', 'no'], ['Precedence', 'first-class'], ['X-Auto-Response-Suppress', 'None']])('is sent to a person who says so: %s: %s', (name, value) =>
    expect(whyNoBounce(withHeaders([name, value]), RECEIVED)).toBeUndefined());

  test('is sent within 24 hours, as SES takes it no longer', () => {
    expect([23.99, 24].map(hours => whyNoBounce(mailWith({}), RECEIVED + hours * HOUR))).toEqual([undefined, 'received more than 24 hours ago, or at no known time']);
  });
});

describe('encoded words', () => {
  test.each([
    ['=?UTF-8?B?SsO8cmdlbg==?=', 'Jürgen'], ['=?iso-8859-1?q?J=FCrgen_K?= x', 'Jürgen K x'],
    ['=?UTF-8*en?Q?a?= =?UTF-8?Q?b?=', 'ab'], ['=?unheard-of?Q?=FC?=', 'ü'], ['a =?b', 'a =?b'], ['=?utf-8?Q?=C3?=  =?utf-8?Q?=BC?=', 'ü'],
  ])('%s', (given, expected) => expect(decodeWords(given)).toBe(expected));

  test('text without any stays as it is', () => fc.assert(fc.property(fc.string().filter(text => !text.includes('=?')), text => decodeWords(text) === text)));
});

describe('what could never be meant is refused', () => {
  test.each<[code: string, make: () => MailMatch]>([
    ['MailMatch.empty', () => MailMatch.verdict([], [VerdictStatus.FAIL])],
    ['MailMatch.empty', () => MailMatch.anyOf()],
    ['MailMatch.emptyText', () => MailMatch.subjectContains('')],
    ['MailMatch.headerName', () => MailMatch.header('List Id')],
    ['Recipient.wildcard', () => MailMatch.sender('*@example.com')],
  ])('%s', (code, make) => expect(make).toThrow(`[${code}]`));
});
