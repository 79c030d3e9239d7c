import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime from 'postal-mime';
import { FORWARDED_HEADER } from '../../src/forwarding/forward-constants';
import { joinMessage, splitMessage, valueOf } from '../../src/forwarding/header-block';
import { rewriteMessage, type Rewriting } from '../../src/forwarding/rewrite-message.lambda-shared';
import { ONCE_ONLY_HEADERS } from '../../src/ses/once-only-headers';

const REWRITING: Rewriting = { sender: 'forwarder@example.com', returnPath: 'forwarder+fwd-1-2@example.com', via: 'support', token: '0123abcd' };

/** The fields of a message as it is sent on, by their names in lower case. */
function sent(...lines: string[]): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const field of splitMessage(rewriteMessage(Buffer.from([...lines, '', 'Hello'].join('\r\n'), 'latin1'), REWRITING)).fields) {
    (fields[field.name] ??= []).push(valueOf(field));
  }
  return fields;
}

test('a message is sent on in the name of its author', () => {
  const message = [
    'Return-Path: <ann@example.org>', 'Received: from mail.example.org by inbound-smtp.eu-west-1.amazonaws.com', 'X-SES-Spam-Verdict: PASS',
    'DKIM-Signature: v=1; a=rsa-sha256; d=example.org;', ' s=a; h=from; bh=x; b=y', 'From: "Ann Smith" <ann@example.org>', 'To: Support <support@example.com>',
    'Cc: bob@example.net', 'Subject: Help', 'Message-ID: <1@example.org>', 'Date: Thu, 26 Nov 2026 10:00:00 +0000', 'MIME-Version: 1.0', '', 'Hello', '',
  ].join('\r\n');
  expect(rewriteMessage(Buffer.from(message), REWRITING).toString()).toBe([
    'Return-Path: <forwarder+fwd-1-2@example.com>', 'X-Postmaster-Forwarded: 0123abcd', 'X-Original-From: "Ann Smith" <ann@example.org>',
    'X-Original-Message-ID: <1@example.org>', 'X-Original-Date: Thu, 26 Nov 2026 10:00:00 +0000', 'From: "Ann Smith via support"', ' <forwarder@example.com>',
    'Reply-To: "Ann Smith"', ' <ann@example.org>', 'Received: from mail.example.org by inbound-smtp.eu-west-1.amazonaws.com', 'To: Support <support@example.com>',
    'Cc: bob@example.net', 'Subject: Help', 'Message-ID: <1@example.org>', 'Date: Thu, 26 Nov 2026 10:00:00 +0000', 'MIME-Version: 1.0',
    'References: <1@example.org>', '', 'Hello', '',
  ].join('\r\n'));
});

describe('From', () => {
  test.each([
    ['a name', 'Ann <ann@example.org>', '"Ann via support" <forwarder@example.com>', '"Ann" <ann@example.org>'],
    ['no name: no address in the name, which looks like a forgery', 'ann@example.org', '"ann at example.org via support" <forwarder@example.com>', 'ann@example.org'],
    ['an address as name', '"ceo@bank.example" <x@example.org>', '"ceo at bank.example via support" <forwarder@example.com>', '"ceo@bank.example" <x@example.org>'],
    ['quotes in the name', '"Ann \\"A\\" Smith" <ann@example.org>', '"Ann \\"A\\" Smith via support" <forwarder@example.com>', '"Ann \\"A\\" Smith" <ann@example.org>'],
    ['several authors', 'Ann <ann@example.org>, bob@example.net', '"Ann via support" <forwarder@example.com>', '"Ann" <ann@example.org>, bob@example.net'],
    ['a group', 'Team: ann@example.org;', '"ann at example.org via support" <forwarder@example.com>', 'ann@example.org'],
    ['nobody', '', '"via support" <forwarder@example.com>', undefined],
    ['no address', 'Ann', '"via support" <forwarder@example.com>', undefined],
    ['an address that SES refuses', 'Ann <ann..x@example.org>', '"via support" <forwarder@example.com>', undefined],
  ])('with %s', (_, given, expected, replyTo) => {
    const fields = sent(`From: ${given}`, 'To: a@example.com');
    expect(fields.from).toEqual([expected]);
    expect(fields['reply-to']).toEqual(replyTo === undefined ? undefined : [replyTo]);
  });

  test.each(['=?UTF-8?B?SsO8cmdlbiDimIM=?= <j@example.org>', '=?iso-8859-1?Q?J=FCrgen?= <j@example.org>', Buffer.from('Jürgen ☃ <j@example.org>').toString('latin1')])(
    'with a name that is not ASCII: %s', async given => {
      const raw = rewriteMessage(Buffer.from(`From: ${given}\r\n\r\n`, 'latin1'), REWRITING);
      expect(raw.every(byte => byte < 0x80 || raw.indexOf(byte) < raw.indexOf('From: =?'))).toBe(true);
      const { from, replyTo } = await PostalMime.parse(raw);
      expect(from?.name).toMatch(/^Jürgen( ☃)? via support$/);
      expect(from?.address).toBe('forwarder@example.com');
      expect(replyTo).toEqual([{ name: from?.name!.replace(' via support', ''), address: 'j@example.org' }]);
    });

  test('with a name without end is cut to what can be read, in lines that fit', async () => {
    const raw = rewriteMessage(Buffer.from(`From: ${'ü'.repeat(5_000)} <j@example.org>\r\n\r\n`), REWRITING);
    const { from, replyTo } = await PostalMime.parse(raw);
    expect([from?.name, replyTo?.[0].name]).toEqual([`${'ü'.repeat(79)}… via support`, `${'ü'.repeat(79)}…`]);
    expect(raw.toString('latin1').split('\r\n').filter(line => line.length > 76)).toEqual([]);
  });
});

describe('fields', () => {
  test('that are orders to SES, or signed what has changed, are left out', () => {
    const fields = sent('X-SES-CONFIGURATION-SET: theirs', 'x-ses-source-arn : arn', 'X-SES-Spam-Verdict: PASS', 'Feedback-ID: 1', 'Sender: a@example.org', 'Bcc: b@example.org',
      'ARC-Seal: i=1', 'DKIM-Signature: a', 'DKIM-Signature: b', 'DomainKey-Signature: c', 'From: ann@example.org', 'To: a@example.com');
    expect(Object.keys(fields).sort()).toEqual(['from', 'references', 'reply-to', 'return-path', 'to', 'x-original-from', 'x-postmaster-forwarded'].filter(name => name !== 'references'));
  });

  test('are not made of what follows a carriage return alone, for which some software begins a new line', () => {
    const fields = sent('From: ann@example.org', 'Subject: Hi\rX-SES-CONFIGURATION-SET: theirs\rBcc: x@example.org');
    expect(fields.subject).toEqual(['Hi X-SES-CONFIGURATION-SET: theirs Bcc: x@example.org']);
  });

  test('that SES takes once are kept under another name from the second on', () => {
    expect(sent('From: a@example.org', 'Delivered-To: 1', 'Delivered-To: 2', 'Subject: a', 'subject: b', 'Received: 1', 'Received: 2')).toMatchObject({
      'delivered-to': ['1'], 'x-original-delivered-to': ['2'], 'subject': ['a'], 'x-original-subject': ['b'], 'received': ['1', '2'],
    });
  });

  test('of addresses in which there are none are not there, as SES refuses them', () => {
    const fields = sent('From: ann@example.org', 'To: undisclosed-recipients:;', 'Cc: ', 'Reply-To: nobody');
    expect(fields).toMatchObject({ 'x-original-to': ['undisclosed-recipients:;'], 'x-original-reply-to': ['nobody'], 'reply-to': ['ann@example.org'] });
    expect(fields).not.toHaveProperty('to');
    expect(fields).not.toHaveProperty('cc');
  });

  test('Reply-To of the author stays', () => {
    expect(sent('From: ann@example.org', 'Reply-To: Desk <desk@example.org>')['reply-to']).toEqual(['Desk <desk@example.org>']);
  });

  test.each([
    ['none', [], ['<2@example.org>']],
    ['some, in several lines', ['References: <0@example.org>', '\t<1@example.org> '], ['<0@example.org>\t<1@example.org> <2@example.org>']],
    ['itself', ['References: <2@example.org>'], ['<2@example.org>']],
  ])('References have the message, for the threads of both ends: with %s', (_, given, expected) => {
    expect(sent('From: ann@example.org', 'Message-ID: <2@example.org>', ...given).references).toEqual(expected);
  });
});

describe('any message', () => {
  const name = fc.constantFrom(...ONCE_ONLY_HEADERS, 'Received', 'To', 'CC', 'X-SES-Receipt', 'x-ses-from-arn', 'ARC-Seal', 'X-Mailer', 'Feedback-ID', FORWARDED_HEADER)
    .map(text => text.replace(/\b[a-z]/g, letter => letter.toUpperCase()));
  const bytes = (excluded: number[], maxLength: number) => fc.uint8Array({ maxLength }).map(array => Buffer.from(array.filter(byte => !excluded.includes(byte))).toString('latin1'));
  const text = fc.oneof(bytes([0x0a, 0x0d], 40), fc.constantFrom('Ann <ann@example.org>', '<id@example.org>', 'a\rX-SES-FROM-ARN: b'));
  const end = fc.constantFrom('\r\n', '\n');
  const field = fc.tuple(name, text, fc.array(fc.tuple(end, fc.constantFrom(' ', '\t'), text.filter(line => line.trim() !== '')), { maxLength: 2 }), end)
    .map(([label, first, folded, last]) => `${label}: ${first}${folded.map(parts => parts.join('')).join('')}${last}`);
  const junk = fc.constantFrom('no field\r\n', '>From a mailbox\n');
  const header = fc.array(fc.oneof({ weight: 9, arbitrary: field }, { weight: 1, arbitrary: junk }), { maxLength: 12 }).map(fields => fields.join(''));
  const message = fc.tuple(header, fc.oneof(end, fc.constant('')), fc.uint8Array({ maxLength: 100 }))
    .map(([fields, empty, body]) => ({ raw: Buffer.concat([Buffer.from(fields + empty, 'latin1'), empty ? Buffer.from(body) : Buffer.alloc(0)]), body: Buffer.from(body) }));

  test('is the same when it is taken apart and put together', () => {
    const anything = fc.oneof(message.map(({ raw }) => raw), fc.uint8Array().map(array => Buffer.from(array)));
    fc.assert(fc.property(anything, raw => joinMessage(splitMessage(raw)).equals(raw)));
  });

  test('keeps its body and all other fields, byte for byte and in order', () => {
    fc.assert(fc.property(message, ({ raw }) => {
      const [before, after] = [splitMessage(raw), splitMessage(rewriteMessage(raw, REWRITING))];
      const changed = /^(?:from|sender|return-path|bcc|references|to|cc|reply-to|feedback-id|x-postmaster-forwarded|(?:arc|x-ses)-.*|(?:dkim|domainkey)-signature)$/;
      const seen = new Set<string>();
      const isFirst = (each: string) => (!ONCE_ONLY_HEADERS.has(each) || !seen.has(each)) && seen.add(each);
      const kept = before.fields.filter(each => !changed.test(each.name) && isFirst(each.name));
      const rest = after.fields.filter(each => !changed.test(each.name) && !each.name.startsWith('x-original-'));
      expect(rest.map(each => each.raw.trimEnd())).toEqual(kept.map(each => each.raw.replace(/\r(?!\n)/g, ' ').trimEnd()));
      if (before.body.length > 0) expect(after.body.equals(before.body)).toBe(true);
    }));
  });

  test('has what SES wants: one sender, nothing twice, no orders of strangers', () => {
    fc.assert(fc.property(message, ({ raw }) => {
      const { fields } = splitMessage(rewriteMessage(raw, REWRITING));
      const names = fields.map(each => each.name);
      expect(fields.filter(each => each.name === 'from').map(valueOf)).toEqual([expect.stringMatching(/ <forwarder@example\.com>$/)]);
      expect(names.filter((each, index) => ONCE_ONLY_HEADERS.has(each) && names.indexOf(each) !== index)).toEqual([]);
      expect(names.filter(each => /^(?:x-ses-|dkim-|arc-|feedback-id|sender$|bcc$)/.test(each))).toEqual([]);
      expect(fields.map(each => each.raw).join('')).not.toMatch(/\r(?!\n)/);
    }));
  });

  test('of a mail program has the same content for its reader', async () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const mail = fc.record({ name: line, subject: line, text: fc.array(line).map(lines => lines.join('\n')), html: line, attachment: fc.uint8Array({ minLength: 1 }) });
    await fc.assert(fc.asyncProperty(mail, fc.constantFrom('\r\n', '\n'), async ({ name: author, subject, text: body, html, attachment }, lineEnd) => {
      const composed = await new MailComposer({
        from: { name: author, address: 'ann@example.org' },
        to: 'support@example.com',
        subject,
        text: body,
        html,
        textEncoding: 'base64',
        attachments: [{ filename: 'a.bin', content: Buffer.from(attachment) }],
      }).compile().build();
      const raw = Buffer.from(composed.toString('latin1').replace(/\r\n/g, lineEnd), 'latin1');
      const [before, after] = await Promise.all([raw, rewriteMessage(raw, REWRITING)].map(each => PostalMime.parse(each)));
      expect([after.subject, after.text, after.html, after.attachments]).toEqual([before.subject, before.text, before.html, before.attachments]);
      expect(after.from?.address).toBe('forwarder@example.com');
      expect(after.replyTo?.[0].address).toBe('ann@example.org');
    }), { numRuns: 50 });
  });
});
