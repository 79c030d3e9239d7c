/*
 * A DKIM key in its secret. Nothing here ever shows a private key: neither in an error nor in the log.
 */
import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { GetSecretValueCommand, PutSecretValueCommand, ResourceNotFoundException, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SES_LIMITS } from '../ses/limits';

/** A key whose public half is in DNS. */
export interface PublishedKey {
  readonly selector: string;
  /** Base64 of the public key, as the record has it. */
  readonly publicKey: string;
}

/** A key that can sign. */
export interface SigningKey extends PublishedKey {
  /** Base64 of the private key in one line, as SES takes it. */
  readonly privateKey: string;
  /** When it was made, in ISO 8601. */
  readonly created: string;
}

/** How far a key is on its way to be the one that signs. */
export enum Phase {
  /** Its record is to be in DNS, and to be found there. */
  PUBLISHING = 'publishing',
  /** SES is to sign with it. */
  SWITCHING = 'switching',
  /** SES did not take it, and is to sign with the key before. */
  ROLLING_BACK = 'rolling back',
}

/** A key on its way. */
export interface NextKey extends SigningKey {
  readonly phase: Phase;
  /** Since when it is in that phase. */
  readonly since: string;
  /** Since when its record is found in DNS, without a break. */
  readonly seen?: string;
}

/** What the secret holds: the key that signs, one that is to follow, and those whose records are still there. */
export interface KeyState extends SigningKey {
  readonly next?: NextKey;
  readonly retired?: readonly (PublishedKey & { readonly removeAfter: string })[];
  /** How many times it was changed. */
  readonly revision?: number;
  /** No new key before: the last one has failed. */
  readonly notBefore?: string;
}

/** Makes a key. Its selector tells the day and, by a few digits, the key. */
export async function makeKey(prefix: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: SES_LIMITS.dkimKeyBits.max,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  const created = new Date(Date.now()).toISOString();
  const text = publicKey.toString('base64');
  const selector = `${prefix}${created.slice(0, 10).replace(/-/g, '')}-${hashOf(text).slice(0, 6)}`;
  return { selector, publicKey: text, privateKey: privateKey.toString('base64'), created };
}

/** What the secret holds; undefined when it is still empty. */
export async function readState(secrets: SecretsManagerClient, secretArn: string): Promise<KeyState | undefined> {
  try {
    const { SecretString: text } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return parse(text ?? '', secretArn);
  } catch (error) {
    if (error instanceof ResourceNotFoundException && /value/i.test(error.message)) return undefined;
    throw error;
  }
}

/** Writes what the secret is to hold, and returns the ID of that version. The same content is the same version. */
export async function writeState(secrets: SecretsManagerClient, secretArn: string, state: KeyState): Promise<string> {
  const text = JSON.stringify(state);
  const token = hashOf(text);
  await secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: text, ClientRequestToken: token }));
  return token;
}

/** The text that publishes a key. */
export function recordText(key: PublishedKey): string {
  return `p=${key.publicKey}`;
}

/** A parser's own message would quote the text. */
function parse(text: string, secretArn: string): KeyState {
  try {
    const state = JSON.parse(text) as KeyState;
    if (state.selector && state.publicKey && state.privateKey && state.created) return state;
  } catch {
    // said below
  }
  throw new Error(`the secret ${secretArn} does not hold a DKIM key of this construct; put back the version that does (AWSPREVIOUS)`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
