import { createPrivateKey, createPublicKey, generateKeyPairSync, randomInt, type KeyObject } from 'node:crypto';

/** A DKIM key pair, in the forms in which the two sides need it. */
export interface DkimKey {
  readonly privateKeyPem: string;
  /** The public key as a DKIM record carries it: base64 of its SubjectPublicKeyInfo, in one line. */
  readonly publicKey: string;
}

/** One of the three names under which SES publishes the key of an Easy DKIM identity. */
export interface DkimToken extends DkimKey {
  readonly token: string;
  /** The name of the CNAME record in the user's zone. */
  readonly name: string;
  /** What it points to in SES's zone. */
  readonly value: string;
}

const TOKEN_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const TOKEN_LENGTH = 32;
const TOKENS = 3;

/** RSA keys take a moment to make. Which key it is says nothing about the records, so a process makes three of each length. */
const made = new Map<string, DkimKey>();

/**
 * Stand-ins for the tokens that SES makes up when an Easy DKIM identity is created: names that nobody can know before, and keys behind them.
 */
export function standInTokens(domain: string, bits: number): DkimToken[] {
  return Array.from({ length: TOKENS }, (_, index) => {
    const token = Array.from({ length: TOKEN_LENGTH }, () => TOKEN_ALPHABET[randomInt(TOKEN_ALPHABET.length)]).join('');
    return { ...standInKey(bits, index), token, name: `${token}._domainkey.${domain}`, value: `${token}.dkim.amazonses.com` };
  });
}

/** The key of SES itself or one behind a token. */
export function standInKey(bits: number, index: number): DkimKey {
  const id = `${bits}/${index}`;
  const key = made.get(id) ?? keyPair(generateKeyPairSync('rsa', { modulusLength: bits }).privateKey);
  made.set(id, key);
  return key;
}

/**
 * A user's key as SES takes it: base64 of a PKCS #1 or PKCS #8 RSA private key in one line, 1024 to 2048 bits. Anything else SES refuses.
 */
export function keyOfUser(oneLine: string): DkimKey {
  if (!/^[a-zA-Z0-9+/]+={0,2}$/.test(oneLine)) {
    throw new Error('SES takes the private key as base64 in one line, without BEGIN and END and without line breaks');
  }
  const key = readDer(Buffer.from(oneLine, 'base64'));
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < 1024 || bits > 2048) throw new Error(`SES takes RSA keys of 1024 to 2048 bits, not ${key.asymmetricKeyType} ${bits}`);
  return keyPair(key);
}

function readDer(der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs1' });
  }
}

function keyPair(key: KeyObject): DkimKey {
  return {
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}
