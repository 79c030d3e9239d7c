import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { EVENT_RECORDS } from './records';
import { pseudonym, redactRecord } from '../../src/events/redaction';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const JANE = `${hash('jane.doe@example.net')}@example.net`;
const ORDERS = `${hash('orders@example.com')}@example.com`;

/** What is left in a text when all pseudonyms are taken out. */
const withoutPseudonyms = (text: string) => text.replace(/[0-9a-f]{64}@/g, '');

describe('an address', () => {
  test('becomes a hash at its domain', () => {
    expect(pseudonym('jane.doe@example.net')).toBe(JANE);
  });

  test.each(['Jane.Doe@Example.NET', ' jane.doe@example.net ', 'jane.doe@example.net.'])('has one pseudonym, however it is written: "%s"', address => {
    expect(pseudonym(address)).toBe(JANE);
  });

  test('has a pseudonym that is the form of an address still', () => {
    expect(JANE.split('@')[0]).toHaveLength(64);
  });

  test('which is none leaves a hash alone', () => {
    expect(pseudonym('Postmaster')).toBe(hash('postmaster'));
  });

  test('of a domain of another script keeps the domain', () => {
    expect(pseudonym('jane@beispiel-größe.example')).toBe(`${hash('jane@beispiel-größe.example')}@beispiel-größe.example`);
  });
});

describe('a record', () => {
  test('of a bounce keeps why and which domain bounced, not who', () => {
    expect(redactRecord(EVENT_RECORDS.bounce)).toMatchObject({
      eventType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: [{ emailAddress: JANE, action: 'failed', status: '5.1.1', diagnosticCode: `smtp; 550 5.1.1 <${JANE}>: user unknown` }],
        feedbackId: '0100018f3c2d9a8b-2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e-000000',
        reportingMTA: 'dsn; mta.example.net',
      },
    });
  });

  test('keeps of its message what tells messages apart, without headers, subject and who sent from where', () => {
    expect((redactRecord(EVENT_RECORDS.delivery) as { mail: object }).mail).toEqual({
      timestamp: '2026-07-10T08:15:30.000Z',
      messageId: '0100018f3c2d4e5f-1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-000000',
      source: ORDERS,
      sourceArn: `arn:aws:ses:eu-west-1:111122223333:identity/${ORDERS}`,
      sendingAccountId: '111122223333',
      destination: [JANE],
      headersTruncated: false,
      tags: {
        'ses:configuration-set': ['transactional'], 'ses:from-domain': ['example.com'], 'ses:outgoing-ip': ['198.51.100.7'], 'campaign': ['summer'], 'genre': ['books'],
      },
    });
  });

  test('of an open has when, not where and with what', () => {
    expect(redactRecord(EVENT_RECORDS.open)).toMatchObject({ open: { timestamp: '2026-07-10T09:00:11.412Z' } });
    expect(JSON.stringify(redactRecord(EVENT_RECORDS.open))).not.toMatch(/ipAddress|userAgent|203\.0\.113|Mozilla/);
  });

  test('of a click keeps the page and the tags of the link, not its query', () => {
    expect((redactRecord(EVENT_RECORDS.click) as { click: object }).click).toEqual({
      timestamp: '2026-07-10T09:01:02.733Z', link: 'https://shop.example.com/orders/track', linkTags: { position: ['footer'] },
    });
  });

  test('of a changed subscription keeps what changed it', () => {
    expect(redactRecord(EVENT_RECORDS.subscription)).toMatchObject({ subscription: { contactList: 'customers', source: 'UnsubscribeHeader' } });
  });

  test('keeps the sender\'s own tags, even those with the name of a field', () => {
    const tags = { 'destination': ['paris'], 'headers': ['big'], 'source': ['app'], 'ses:source-ip': ['192.0.2.1'], 'ses:caller-identity': ['jane'] };
    expect(redactRecord({ mail: { tags } })).toEqual({ mail: { tags: { destination: ['paris'], headers: ['big'], source: ['app'] } } });
  });

  test('keeps the ARN of a domain as it is', () => {
    const mail = { sourceArn: 'arn:aws-us-gov:ses:us-gov-west-1:111122223333:identity/example.com' };
    expect(redactRecord({ mail })).toEqual({ mail });
  });
});

describe('addresses in what servers write', () => {
  test.each([
    ['550 5.1.1 <jane.doe@example.net>... User unknown', `550 5.1.1 <${JANE}>... User unknown`],
    ['rfc822;Jane.Doe@example.net', `rfc822;${JANE}`],
    ['RCPT TO:<jane.doe@example.net> rejected (orders@example.com)', `RCPT TO:<${JANE}> rejected (${ORDERS})`],
    ['no mailbox jane.doe@example.net.', `no mailbox ${JANE}`],
    ['"Jane Doe"@example.net is unknown', `${hash('"jane doe"@example.net')}@example.net is unknown`],
    ['https://example.net/unsubscribe/jane.doe%40example.net', `https:${hash('//example.net/unsubscribe/jane.doe@example.net')}@example.net`],
    ['450 4.2.0 greylisted', '450 4.2.0 greylisted'],
  ])('%s', (text, redacted) => {
    expect(redactRecord({ delivery: { smtpResponse: text } })).toEqual({ delivery: { smtpResponse: redacted } });
  });
});

const address = fc.emailAddress();

test('an address is not let through, wherever in a record it stands', () => {
  const places: ((text: string) => object)[] = [
    text => ({ mail: { source: `Somebody <${text}>`, destination: [text], sourceArn: `arn:aws:ses:eu-west-1:111122223333:identity/${text}` } }),
    text => ({ bounce: { bouncedRecipients: [{ emailAddress: text, diagnosticCode: `smtp; 550 <${text}> and ${text}` }] } }),
    text => ({ delivery: { recipients: [text], smtpResponse: text } }),
    text => ({ click: { link: `https://example.com/${text}?to=${encodeURIComponent(text)}`, linkTags: { [text]: [text] } } }),
    text => ({ mail: { tags: { to: [text] }, headers: [{ name: 'To', value: text }], commonHeaders: { to: [text] } } }),
    text => ({ later: { unknown: [[{ field: text }]], [text]: text } }),
  ];
  fc.assert(fc.property(address, fc.constantFrom(...places), (text, place) => {
    const rest = withoutPseudonyms(JSON.stringify(redactRecord(place(text))));
    expect(rest).not.toMatch(/@|%40/);
  }), { numRuns: 500 });
});

test('any value of JSON passes, and what is before an @ is a hash', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('@', '"', '\\', ' ', '<', '>', '%40', '.', 'a', 'é') }), address);
  const value = fc.letrec<{ any: unknown }>(tie => ({
    any: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('any')), fc.dictionary(
      fc.oneof(text, fc.constantFrom('emailAddress', 'source', 'sourceArn', 'link', 'tags', 'destination', '__proto__')), tie('any'),
    )),
  })).any;
  fc.assert(fc.property(value, json => {
    expect(withoutPseudonyms(JSON.stringify(redactRecord(json)))).not.toContain('@');
  }), { numRuns: 1000 });
});

test('the same address is the same person in all of a record', () => {
  fc.assert(fc.property(address, text => {
    const { mail, bounce } = redactRecord({
      mail: { destination: [text] }, bounce: { bouncedRecipients: [{ emailAddress: text.toUpperCase(), diagnosticCode: `<${text}>` }] },
    }) as { mail: { destination: string[] }; bounce: { bouncedRecipients: { emailAddress: string; diagnosticCode: string }[] } };
    expect(bounce.bouncedRecipients).toEqual([{ emailAddress: mail.destination[0], diagnosticCode: `<${mail.destination[0]}>` }]);
  }));
});

test('long texts of strangers take no long time', () => {
  const hostile = ['"'.repeat(50_000), '\\"'.repeat(50_000), '<'.repeat(50_000), 'a@'.repeat(50_000), `a@${'.'.repeat(50_000)}x`, `${'a'.repeat(50_000)} `.repeat(3)];
  const start = performance.now();
  hostile.forEach(text => redactRecord({ source: text, sourceArn: text, link: text, emailAddress: text, smtpResponse: text }));
  expect(performance.now() - start).toBeLessThan(2_000);
});
