import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { Duration } from 'aws-cdk-lib';
import { expectRefusal, type Refusal } from './refusal';
import { PostmasterError } from '../../src/private/errors';
import { DkimKey, DnsRecord } from '../../src/records';
import { checkSelector } from '../../src/records/dkim-key';

const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
const pairs = { 512: rsa(512), 1024: rsa(1024), 2048: rsa(2048), 4096: rsa(4096) };
const { publicKey, privateKey } = pairs[2048];
const elliptic = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const edwards = generateKeyPairSync('ed25519');
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 1024 });

const pem = (key: KeyObject, type: string) => key.export({ type, format: 'pem' } as never).toString();
const base64 = (key: KeyObject, type: string) => (key.export({ type, format: 'der' } as never) as unknown as Buffer).toString('base64');
const spki = base64(publicKey, 'spki');
const encrypted = { cipher: 'aes-256-cbc', passphrase: 'hush' } as const;

describe('a DKIM public key', () => {
  test.each([
    ['an SPKI PEM block', pem(publicKey, 'spki')],
    ['a PKCS #1 PEM block', pem(publicKey, 'pkcs1')],
    ['a PEM block with Windows line ends', pem(publicKey, 'spki').replace(/\n/g, '\r\n')],
    ['a PEM block amid other text', `writing RSA key\n${pem(publicKey, 'spki')}\n`],
    ['one line of base64', spki],
    ['one line of PKCS #1 base64', base64(publicKey, 'pkcs1')],
    ['base64 in lines', ` ${spki.replace(/(.{64})/g, '$1\n')}\n`],
  ])('is read from %s', (_, text) => {
    const key = DkimKey.fromPublicKey(text);
    expect(key.render()).toBe(`p=${spki}`);
    expect(key.bits).toBe(2048);
  });

  test('comes back as it was written', () => {
    for (const bits of [1024, 2048] as const) {
      const key = DkimKey.fromPublicKey(pem(pairs[bits].publicKey, 'spki'));
      expect(DkimKey.parse(key.render())).toEqual(key);
      expect(key.bits).toBe(bits);
    }
  });

  test('in DNS verifies what the private key has signed', () => {
    const signature = sign('sha256', Buffer.from('mail'), createPrivateKey({ key: Buffer.from(DkimKey.oneLinePrivateKey(pem(privateKey, 'pkcs8')), 'base64'), format: 'der', type: 'pkcs8' }));
    const published = DkimKey.fromPublicKey(pem(publicKey, 'pkcs1')).record('s1', 'example.com').values[0].slice(2);
    expect(verify('sha256', Buffer.from('mail'), createPublicKey({ key: Buffer.from(published, 'base64'), format: 'der', type: 'spki' }), signature)).toBe(true);
  });

  test('stands at its selector, as one record of two strings', () => {
    const key = DkimKey.fromPublicKey(spki);
    const record = key.record('SES-2026', 'Example.com', { ttl: Duration.minutes(5) });
    expect(record).toEqual(DnsRecord.txt('ses-2026._domainkey.example.com', [`p=${spki}`], {
      ttl: Duration.minutes(5), purpose: 'DKIM: the public key "SES-2026", with which receivers verify mail that example.com has signed',
    }));
    expect(record.route53Values).toEqual([`"p=${spki.slice(0, 253)}" "${spki.slice(253)}"`]);
  });

  test.each([
    ['with all that others write', `v=DKIM1; k=rsa; p=${spki}`],
    ['of Google Workspace', `v=DKIM1;k=rsa;p=${spki};`],
    ['of Microsoft 365', `v=DKIM1; k=rsa; p=${spki.slice(0, 200)} ${spki.slice(200)}; n=1024,1435867504,1`],
    ['of Mailchimp', `k=rsa; t=s; p=${spki}`],
    ['with a list of hashes and services', `v=DKIM1; h=sha1 : sha256; s=email; t=y; p=${spki}`],
  ])('is read from a record %s', (_, text) => {
    expect(DkimKey.parse(text).render()).toBe(`p=${spki}`);
  });

  test.each<Refusal>([
    ['512 bits', () => DkimKey.fromPublicKey(pem(pairs[512].publicKey, 'spki')), 'DkimKey.bits', 'the DKIM public key has 512 bits; SES takes RSA keys of 1024 to 2048 bits'],
    ['4096 bits', () => DkimKey.fromPublicKey(base64(pairs[4096].publicKey, 'spki')), 'DkimKey.bits', 'the DKIM public key has 4096 bits; SES takes RSA keys of 1024 to 2048 bits'],
    ['an Ed25519 key', () => DkimKey.fromPublicKey(pem(edwards.publicKey, 'spki')), 'DkimKey.algorithm',
      'the DKIM public key is of the kind ed25519; SES signs with RSA only, and many receivers verify nothing else'],
    ['an elliptic curve key', () => DkimKey.fromPublicKey(pem(elliptic.publicKey, 'spki')), 'DkimKey.algorithm',
      'the DKIM public key is of the kind ec; SES signs with RSA only, and many receivers verify nothing else'],
    ['an RSA-PSS key', () => DkimKey.fromPublicKey(pem(pss.publicKey, 'spki')), 'DkimKey.algorithm',
      'the DKIM public key is of the kind rsa-pss; SES signs with RSA only, and many receivers verify nothing else'],
    ...['pkcs8', 'pkcs1'].flatMap((type): Refusal[] => [pem(privateKey, type), base64(privateKey, type)].map(text => [
      `a private key (${type})`, () => DkimKey.fromPublicKey(text), 'DkimKey.privateKey',
      'the DKIM public key is a private key; give the public one (openssl rsa -in private.key -pubout), and keep the private one in a secret',
    ])),
    ['a private key in a record', () => DkimKey.parse(`v=DKIM1; p=${base64(privateKey, 'pkcs8')}`), 'DkimKey.privateKey',
      'the DKIM public key is a private key; give the public one (openssl rsa -in private.key -pubout), and keep the private one in a secret'],
    ['a private key for a record', () => DkimKey.parse(pem(privateKey, 'pkcs8')), 'DkimKey.privateKey',
      'the DKIM public key is a private key; give the public one (openssl rsa -in private.key -pubout), and keep the private one in a secret'],
    ['a certificate', () => DkimKey.fromPublicKey(`-----BEGIN CERTIFICATE-----\n${spki}\n-----END CERTIFICATE-----`), 'DkimKey.label',
      'the DKIM public key is a PEM block of "CERTIFICATE"; it is "PUBLIC KEY" or "RSA PUBLIC KEY"'],
    ['half a key', () => DkimKey.fromPublicKey(spki.slice(0, 200)), 'DkimKey.malformed',
      'the DKIM public key cannot be read; it is a PEM block, or its base64 in one line (the value of p= in a DKIM record)'],
    ['no base64', () => DkimKey.fromPublicKey('ssh-rsa AAAA'), 'DkimKey.base64', 'the DKIM public key is neither a PEM block nor base64; its text is not shown here, in case it is a secret'],
    ['nothing', () => DkimKey.fromPublicKey(''), 'DkimKey.base64', 'the DKIM public key is neither a PEM block nor base64; its text is not shown here, in case it is a secret'],
    ['a record of another version', () => DkimKey.parse(`v=DKIM2; p=${spki}`), 'DkimKey.version', 'the DKIM record has v=DKIM2; v is DKIM1 and stands first, or is left out'],
    ['a record with its version behind', () => DkimKey.parse(`p=${spki}; v=DKIM1`), 'DkimKey.version',
      'the DKIM record has v=DKIM1, but not as its first tag; v is DKIM1 and stands first, or is left out'],
    ['a record of an Ed25519 key', () => DkimKey.parse('v=DKIM1; k=ed25519; p=AAAA'), 'DkimKey.algorithm', 'the DKIM record has k=ed25519; SES signs with RSA only, so k is rsa or left out'],
    ['a record for SHA-1 alone', () => DkimKey.parse(`h=sha1; p=${spki}`), 'DkimKey.hash', 'the DKIM record has h=sha1; SES signs with sha256, so h has it or is left out'],
    ['a record without key', () => DkimKey.parse('v=DKIM1; k=rsa'), 'DkimKey.noKey', 'the DKIM record has no p, which holds the public key'],
    ['a revoked key', () => DkimKey.parse('v=DKIM1; p='), 'DkimKey.revoked', 'the DKIM record has an empty p: the key is revoked, and whatever it signs fails'],
    ['a record that is none', () => DkimKey.parse(spki), 'TagList.malformed', 'the DKIM record has a part that is not a tag; tags are name=value in ASCII, with semicolons between them'],
  ])('is refused when it is %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});

describe('a DKIM private key', () => {
  test.each(['pkcs8', 'pkcs1'])('in %s becomes one line, as SES takes it', type => {
    const oneLine = DkimKey.oneLinePrivateKey(pem(privateKey, type));
    expect(oneLine).toBe(base64(privateKey, type));
    expect(oneLine).toMatch(/^[a-zA-Z0-9+/]+={0,2}$/);
    expect(DkimKey.oneLinePrivateKey(pem(privateKey, type).replace(/\n/g, '\r\n'))).toBe(oneLine);
    expect(DkimKey.oneLinePrivateKey(` ${oneLine}\n`)).toBe(oneLine);
  });

  test.each<Refusal>([
    ['512 bits', () => DkimKey.oneLinePrivateKey(pem(pairs[512].privateKey, 'pkcs8')), 'DkimKey.bits', 'the DKIM private key has 512 bits; SES takes RSA keys of 1024 to 2048 bits'],
    ['4096 bits', () => DkimKey.oneLinePrivateKey(pem(pairs[4096].privateKey, 'pkcs1')), 'DkimKey.bits', 'the DKIM private key has 4096 bits; SES takes RSA keys of 1024 to 2048 bits'],
    ['an Ed25519 key', () => DkimKey.oneLinePrivateKey(pem(edwards.privateKey, 'pkcs8')), 'DkimKey.algorithm',
      'the DKIM private key is of the kind ed25519; SES signs with RSA only, and many receivers verify nothing else'],
    ...['pkcs8', 'sec1'].map((type): Refusal => [`an elliptic curve key (${type})`, () => DkimKey.oneLinePrivateKey(pem(elliptic.privateKey, type)), 'DkimKey.algorithm',
      'the DKIM private key is of the kind ec; SES signs with RSA only, and many receivers verify nothing else']),
    ['an encrypted key', () => DkimKey.oneLinePrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem', ...encrypted }).toString()), 'DkimKey.encrypted',
      'the DKIM private key is encrypted with a passphrase, which SES does not know; decrypt it first (openssl rsa -in private.key)'],
    ['an encrypted key in the older form', () => DkimKey.oneLinePrivateKey(privateKey.export({ type: 'pkcs1', format: 'pem', ...encrypted }).toString()), 'DkimKey.encrypted',
      'the DKIM private key is encrypted with a passphrase, which SES does not know; decrypt it first (openssl rsa -in private.key)'],
    ['the public key', () => DkimKey.oneLinePrivateKey(pem(publicKey, 'spki')), 'DkimKey.publicKey', 'the DKIM private key is a public key; give the private one, with which SES signs'],
    ['the public key in one line', () => DkimKey.oneLinePrivateKey(spki), 'DkimKey.malformedPrivateKey',
      'the DKIM private key cannot be read; it is an RSA key as PEM (PKCS #1 or PKCS #8), or its base64 in one line'],
    ['half a key', () => DkimKey.oneLinePrivateKey(base64(privateKey, 'pkcs8').slice(0, 400)), 'DkimKey.malformedPrivateKey',
      'the DKIM private key cannot be read; it is an RSA key as PEM (PKCS #1 or PKCS #8), or its base64 in one line'],
    ['no base64', () => DkimKey.oneLinePrivateKey('a key!'), 'DkimKey.base64', 'the DKIM private key is neither a PEM block nor base64; its text is not shown here, in case it is a secret'],
  ])('is refused when it is %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
});

test('no message repeats a part of a key', () => {
  const secrets = [pem(privateKey, 'pkcs8'), pem(pairs[4096].privateKey, 'pkcs1'), pem(edwards.privateKey, 'pkcs8'), base64(privateKey, 'pkcs1')];
  const damaged = secrets.flatMap(secret => [secret, secret.slice(0, -40), secret.slice(30), `${secret};`, `v=DKIM1;${secret}`, `p=${secret}`, secret.replace(/=/g, ''), `${secret},`]);
  for (const text of damaged) {
    for (const read of [DkimKey.fromPublicKey, DkimKey.parse, DkimKey.oneLinePrivateKey]) {
      try {
        read(text);
      } catch (error) {
        expect(error).toBeInstanceOf(PostmasterError);
        const { message } = error as Error;
        for (let at = 0; at + 12 <= message.length; at++) {
          const piece = message.slice(at, at + 12);
          if (/^[A-Za-z0-9+/]{12}$/.test(piece)) expect(text.includes(piece)).toBe(false);
        }
      }
    }
  }
});

describe('a DKIM selector', () => {
  const rule = 'SES takes 1 to 63 letters, digits and hyphens, with no dot, and no hyphen at either end';
  test.each(['s', 'S1', 'ses-2026', 'a--b', '1', 'a'.repeat(63), '${Token[TOKEN.1]}'])('may be %s', selector => {
    expect(() => checkSelector(selector)).not.toThrow();
  });

  test.each<Refusal>([
    ...['', '-a', 'a-', 'a.b', 'a_b', 'sélecteur', 'a b', 's\n'].map((selector): Refusal => [
      JSON.stringify(selector), () => checkSelector(selector), 'DkimKey.selector', `the DKIM selector is "${selector}" (${selector.length} characters); ${rule}`,
    ]),
    ['too long', () => checkSelector('a'.repeat(64)), 'DkimKey.selectorTooLong', 'the DKIM selector has 64 characters; a DNS label, and so a selector, may have 63'],
    ['a whole name', () => checkSelector('s1._domainkey.example.com'), 'DkimKey.selectorSuffix',
      'the DKIM selector is "s1._domainkey.example.com"; give "s1" alone, since "._domainkey" and the domain are added'],
    ['a selector with suffix', () => checkSelector('s1._domainkey'), 'DkimKey.selectorSuffix',
      'the DKIM selector is "s1._domainkey"; give "s1" alone, since "._domainkey" and the domain are added'],
    ['a selector of a record', () => DkimKey.fromPublicKey(spki).record('s_1', 'example.com'), 'DkimKey.selector', `the DKIM selector is "s_1" (3 characters); ${rule}`],
  ])('is not %s', (_, check, code, sentence) => expectRefusal(check, code, sentence));
});
