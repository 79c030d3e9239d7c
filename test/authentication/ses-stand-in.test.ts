import { generateKeyPairSync } from 'node:crypto';
import { promises as dns } from 'node:dns';
import { standInTokens } from './dkim-key';
import { SesStandIn, type SesStandInProps } from './ses-stand-in';
import type { MailIdentity } from './zone-of-template';
import { DnsServer, type ZoneRecord } from '../support/dns-server';

const tokens = standInTokens('example.com', 2048);
const EASY: MailIdentity = { domain: 'example.com', dkim: { kind: 'easy', tokens }, signs: true, mailFromDomain: 'bounce.example.com', rejectsOnMxFailure: false };
const LETTER = { author: 'post@example.com', recipient: 'reader@receiver.example', subject: 'Hello', text: 'Good day.' };
const ALIASES = tokens.map(({ name, value }): ZoneRecord => ({ name, type: 'CNAME', ttl: 60, data: value }));
const mx = (exchange: string, preference = 10): ZoneRecord => ({ name: 'bounce.example.com', type: 'MX', ttl: 60, data: { preference, exchange } });
const FEEDBACK = mx('feedback-smtp.eu-west-1.amazonses.com');

const keyOf = (type: 'pkcs1' | 'pkcs8', modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type, format: 'der' }).toString('base64');

/** What becomes of a letter when the user's zone has certain records. */
async function sendWith(records: ZoneRecord[], props: Partial<SesStandInProps> = {}, letter = LETTER) {
  const ses = new SesStandIn({ identity: EASY, region: 'eu-west-1', ...props });
  const server = new DnsServer({ zones: ['example.com', SesStandIn.ZONE], records: [...records, ...ses.records] });
  const resolver = new dns.Resolver({ timeout: 2000, tries: 1 });
  await server.start();
  try {
    resolver.setServers([server.address]);
    await ses.verify(resolver);
  } finally {
    await server.stop();
  }
  return ses.send(letter);
}

describe('the stand-in for SES sends', () => {
  test('with a return path of its own for each letter, at the MAIL FROM domain', async () => {
    const [one, other] = [await sendWith([...ALIASES, FEEDBACK]), await sendWith([...ALIASES, FEEDBACK])];
    expect(one.envelopeSender).toMatch(/^[0-9a-f]{16}-[0-9a-f-]{36}-000000@bounce\.example\.com$/);
    expect(one.envelopeSender).not.toBe(other.envelopeSender);
  });

  test('with SES\'s own MAIL FROM domain of the Region where there is none of the user\'s', async () => {
    const identity = { ...EASY, mailFromDomain: undefined };
    expect((await sendWith(ALIASES, { identity })).envelopeSender).toMatch(/@eu-west-1\.amazonses\.com$/);
    expect((await sendWith(ALIASES, { identity, region: 'us-east-1' })).envelopeSender).toMatch(/@amazonses\.com$/);
  });

  test('with SES\'s own MAIL FROM domain while the MX record is not as it must be', async () => {
    for (const records of [[], [mx('mx.example.com')], [mx('feedback-smtp.us-east-1.amazonses.com')], [FEEDBACK, mx('mx.example.com', 20)]]) {
      expect((await sendWith([...ALIASES, ...records])).envelopeSender).toMatch(/@eu-west-1\.amazonses\.com$/);
    }
  });

  test('for authors of sub-domains too', async () => {
    expect((await sendWith(ALIASES, {}, { ...LETTER, author: 'post@news.example.com' })).raw).toContain('d=example.com;');
  });
});

describe('the stand-in for SES refuses', () => {
  test('to send before the domain is verified', async () => {
    const ses = new SesStandIn({ identity: EASY, region: 'eu-west-1' });
    await expect(ses.send(LETTER)).rejects.toThrow('Email address is not verified');
  });

  test('to verify a domain with one DKIM record missing, or pointing elsewhere', async () => {
    await expect(sendWith(ALIASES.slice(1))).rejects.toThrow('SES does not verify example.com');
    const astray: ZoneRecord = { ...ALIASES[2], type: 'CNAME', data: `${tokens[0].value}` };
    await expect(sendWith([...ALIASES.slice(0, 2), astray])).rejects.toThrow('SES does not verify example.com');
  });

  test('to send for an author of another domain', async () => {
    for (const author of ['post@example.net', 'post@evil-example.com', 'post@com']) {
      await expect(sendWith(ALIASES, {}, { ...LETTER, author })).rejects.toThrow(`Email address is not verified: ${author}`);
    }
  });

  test('to send without a valid MAIL FROM domain when it was told to', async () => {
    await expect(sendWith(ALIASES, { identity: { ...EASY, rejectsOnMxFailure: true } })).rejects.toThrow('MailFromDomainNotVerified');
  });

  describe('as a key of the user\'s own', () => {
    const identity: MailIdentity = { ...EASY, dkim: { kind: 'bringYourOwn', selector: 's1' } };
    const withKey = (dkimPrivateKey?: string) => () => new SesStandIn({ identity, region: 'eu-west-1', dkimPrivateKey });

    test('nothing, PEM, another kind of key and other lengths', () => {
      const { privateKey } = generateKeyPairSync('ed25519');
      expect(withKey()).toThrow('give it as dkimPrivateKey');
      expect(withKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow('base64 in one line');
      expect(withKey(privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'))).toThrow('SES takes RSA keys');
      expect(withKey(keyOf('pkcs8', 3072))).toThrow('not rsa 3072');
    });

    test('but takes PKCS #1 and PKCS #8 in one line', () => {
      expect(withKey(keyOf('pkcs1'))).not.toThrow();
      expect(withKey(keyOf('pkcs8', 1024))).not.toThrow();
    });
  });
});
