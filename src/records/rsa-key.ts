import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto';
import { fail } from '../private/errors';
import { SES_LIMITS } from '../ses/limits';

/** What SES signs with (RSA, in this range), and what receivers verify. */
const { min: BITS_MIN, max: BITS_MAX } = SES_LIMITS.dkimKeyBits;

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/;

/** A key as text: base64 without line breaks, and the label of its PEM armor if it had one. */
interface KeyText {
  readonly base64: string;
  readonly label?: string;
}

/**
 * Reads an RSA public key: PEM (`PUBLIC KEY` or `RSA PUBLIC KEY`), or the base64 of either without armor. Messages never repeat the text,
 * since it may be a private key that was passed by mistake.
 */
export function readPublicKey(text: string): KeyObject {
  const { base64, label } = readKeyText(text, 'DKIM public key');
  if (label?.endsWith('PRIVATE KEY') || (label === undefined && decodePrivateKey(base64))) {
    fail('DkimKey.privateKey', 'the DKIM public key is a private key; ' +
      'give the public one (openssl rsa -in private.key -pubout), and keep the private one in a secret');
  }
  if (label !== undefined && label !== 'PUBLIC KEY' && label !== 'RSA PUBLIC KEY') {
    fail('DkimKey.label', `the DKIM public key is a PEM block of "${label}"; it is "PUBLIC KEY" or "RSA PUBLIC KEY"`);
  }
  const key = decode(base64, (der, type) => createPublicKey({ key: der, format: 'der', type }), ['spki', 'pkcs1']);
  if (!key) {
    fail('DkimKey.malformed', 'the DKIM public key cannot be read; it is a PEM block, or its base64 in one line (the value of p= in a DKIM record)');
  }
  return checkRsa(key, 'DKIM public key');
}

/**
 * Checks an RSA private key (PKCS #1 or PKCS #8) and returns its base64 without armor and line breaks.
 */
export function privateKeyInOneLine(text: string): string {
  const { base64, label } = readKeyText(text, 'DKIM private key');
  if (label === 'ENCRYPTED PRIVATE KEY') {
    fail('DkimKey.encrypted', 'the DKIM private key is encrypted with a passphrase, which SES does not know; ' +
      'decrypt it first (openssl rsa -in private.key)');
  }
  if (label?.endsWith('PUBLIC KEY')) fail('DkimKey.publicKey', 'the DKIM private key is a public key; give the private one, with which SES signs');
  const key = decodePrivateKey(base64);
  if (!key) {
    fail('DkimKey.malformedPrivateKey', 'the DKIM private key cannot be read; ' +
      'it is an RSA key as PEM (PKCS #1 or PKCS #8), or its base64 in one line');
  }
  checkRsa(key, 'DKIM private key');
  return base64;
}

function readKeyText(text: string, what: string): KeyText {
  const [, label, armored] = PEM.exec(text) ?? [];
  if (armored && /^Proc-Type:.*ENCRYPTED/m.test(armored)) {
    fail('DkimKey.encrypted', `the ${what} is encrypted with a passphrase, which SES does not know; decrypt it first (openssl rsa -in private.key)`);
  }
  const base64 = (armored ?? text).replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    fail('DkimKey.base64', `the ${what} is neither a PEM block nor base64; its text is not shown here, in case it is a secret`);
  }
  return { base64, label };
}

function decodePrivateKey(base64: string): KeyObject | undefined {
  // sec1 holds elliptic curve keys, which are refused by what they are
  return decode(base64, (der, type) => createPrivateKey({ key: der, format: 'der', type }), ['pkcs8', 'pkcs1', 'sec1']);
}

/** The first encoding that fits. What OpenSSL says of the others is dropped: it helps nobody and might quote the key. */
function decode<T extends string>(base64: string, read: (der: Buffer, type: T) => KeyObject, types: T[]): KeyObject | undefined {
  for (const type of types) {
    try {
      return read(Buffer.from(base64, 'base64'), type);
    } catch {
      continue;
    }
  }
  return undefined;
}

function checkRsa(key: KeyObject, what: string): KeyObject {
  if (key.asymmetricKeyType !== 'rsa') {
    fail('DkimKey.algorithm', `the ${what} is of the kind ${key.asymmetricKeyType}; SES signs with RSA only, and many receivers verify nothing else`);
  }
  const bits = modulusLength(key);
  if (bits < BITS_MIN || bits > BITS_MAX) fail('DkimKey.bits', `the ${what} has ${bits} bits; SES takes RSA keys of ${BITS_MIN} to ${BITS_MAX} bits`);
  return key;
}

/** The size of an RSA key in bits. */
export function modulusLength(key: KeyObject): number {
  return key.asymmetricKeyDetails!.modulusLength!;
}
