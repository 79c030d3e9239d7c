import { createDecipheriv } from 'node:crypto';
import { fail } from '../private/errors';
import { isObject, isText } from '../private/json-value';

/** What the metadata of an encrypted object are called, in the second version of the format. */
const META = {
  key: 'x-amz-key-v2',
  iv: 'x-amz-iv',
  context: 'x-amz-matdesc',
  cipher: 'x-amz-cek-alg',
  wrap: 'x-amz-wrap-alg',
  tagBits: 'x-amz-tag-len',
  length: 'x-amz-unencrypted-content-length',
} as const;

/** Metadata by which objects of the other versions can be told. */
const OTHER_VERSIONS = ['x-amz-key', 'x-amz-3'];

const CIPHER = 'AES/GCM/NoPadding';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** In the context of a `kms+context` key: the cipher, so that nobody can exchange it for a weaker one. */
const CONTEXT_CIPHER = 'aws:x-amz-cek-alg';

/** In the context that SES gives: the message. */
const CONTEXT_MESSAGE = 'aws:ses:message-id';

/** What KMS says of a key that was not made by it, or with another context. */
const NOT_A_KEY = ['InvalidCiphertextException', 'IncorrectKeyException'];

/** The metadata of an S3 object, without `x-amz-meta-`. */
export type ObjectMetadata = Readonly<Record<string, string>>;

/** What KMS is asked, in the words of its API. */
export interface DecryptInput {
  CiphertextBlob: Uint8Array;
  EncryptionContext: Record<string, string>;
  KeyId?: string;
}

/** Asks KMS, e.g. `input => kms.send(new DecryptCommand(input))`. */
export type DecryptKey = (input: DecryptInput) => Promise<{ Plaintext?: Uint8Array }>;

/** What a message should be. */
export interface DecryptMailOptions {
  /** Asks KMS to decrypt the key of the message. */
  readonly decrypt: DecryptKey;

  /**
   * The only KMS key that may have encrypted the message: an id or an ARN.
   *
   * @default - any that the caller may use
   */
  readonly keyId?: string;

  /**
   * The id of the message that is wanted. Somebody who can write to the bucket could have put another in its place.
   *
   * @default - not compared
   */
  readonly messageId?: string;
}

/**
 * Whether SES, or somebody else, has encrypted an object before it was stored.
 */
export function isEncryptedMail(metadata: ObjectMetadata): boolean {
  const names = Object.keys(plainNames(metadata));
  return [META.key, META.cipher, ...OTHER_VERSIONS].some(name => names.includes(name));
}

/**
 * Decrypts a message that SES encrypted with a KMS key before it stored it, in the format of the S3 encryption client: AES-256-GCM, with a key that KMS
 * decrypts and whose context names the message. Nothing is handed out of a message that was changed.
 *
 * @param body what is stored
 * @param metadata the metadata of the object
 * @param options KMS, and what the message should be
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html
 */
export async function decryptMail(body: Uint8Array, metadata: ObjectMetadata, options: DecryptMailOptions): Promise<Buffer> {
  const meta = plainNames(metadata);
  checkFormat(meta);
  const context = contextOf(meta, options);
  const iv = bytesOf(meta, META.iv, IV_BYTES);
  const key = await decryptKey(bytesOf(meta, META.key), context, options);
  const message = decipher(body, key, iv);
  if (meta[META.length] !== undefined && Number(meta[META.length]) !== message.length) {
    changed(`the message has ${message.length} bytes, and its metadata say ${meta[META.length]}`);
  }
  return message;
}

function plainNames(metadata: ObjectMetadata): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase().replace(/^x-amz-meta-/, ''), value]));
}

function checkFormat(meta: Record<string, string | undefined>): void {
  const other = OTHER_VERSIONS.find(name => meta[name] !== undefined);
  if (meta[META.key] === undefined) {
    unknownFormat(other ? `has "${other}", which is of another version of the format` : `has no "${META.key}"`);
  }
  if (meta[META.cipher] !== CIPHER) {
    unknownFormat(`was encrypted with ${meta[META.cipher] ?? 'AES/CBC/PKCS5Padding'}; only ${CIPHER}, which SES uses, tells when something was changed`);
  }
  if (meta[META.wrap] !== 'kms' && meta[META.wrap] !== 'kms+context') unknownFormat(`has a key that is wrapped by ${meta[META.wrap] ?? 'nothing'}; SES has KMS do that`);
  if (meta[META.tagBits] !== undefined && meta[META.tagBits] !== String(TAG_BYTES * 8)) {
    unknownFormat(`has a tag of ${meta[META.tagBits]} bits; it should have ${TAG_BYTES * 8}`);
  }
}

/** What KMS was given along with the key, and has to get again. */
function contextOf(meta: Record<string, string | undefined>, { messageId }: DecryptMailOptions): Record<string, string> {
  const context = readJson(meta[META.context] ?? '{}');
  if (!isObject(context) || !Object.values(context).every(isText)) return changed(`its "${META.context}" is no object of texts`);
  if (meta[META.wrap] === 'kms+context' && context[CONTEXT_CIPHER] !== CIPHER) changed('its key was made for another cipher');
  const given = context[CONTEXT_MESSAGE];
  if (messageId !== undefined && given !== messageId) changed(given === undefined ? `it does not say that it is ${messageId}` : `it is another message than ${messageId}`);
  return context as Record<string, string>;
}

async function decryptKey(wrapped: Buffer, context: Record<string, string>, { decrypt, keyId }: DecryptMailOptions): Promise<Uint8Array> {
  let key: Uint8Array | undefined;
  try {
    key = (await decrypt({ CiphertextBlob: wrapped, EncryptionContext: context, ...keyId === undefined ? {} : { KeyId: keyId } })).Plaintext;
  } catch (error) {
    if (error instanceof Error && NOT_A_KEY.includes(error.name)) changed('KMS does not know its key, or not for this message');
    throw error;
  }
  return key?.length === KEY_BYTES ? key : changed(`its key has ${key?.length ?? 0} bytes in place of ${KEY_BYTES}`);
}

function decipher(body: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer {
  if (body.length < TAG_BYTES) changed('it is shorter than the tag at its end');
  const aes = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  aes.setAuthTag(body.subarray(body.length - TAG_BYTES));
  const message = aes.update(body.subarray(0, body.length - TAG_BYTES));
  try {
    aes.final();
  } catch {
    changed('the tag at its end does not fit');
  }
  return message;
}

function bytesOf(meta: Record<string, string | undefined>, name: string, length?: number): Buffer {
  const bytes = Buffer.from(meta[name] ?? '', 'base64');
  if (bytes.length === 0 || (length !== undefined && bytes.length !== length)) changed(`its "${name}" has ${bytes.length} bytes${length ? ` in place of ${length}` : ''}`);
  return bytes;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unknownFormat(what: string): never {
  return fail('EncryptedMail.format', `the stored message ${what}`);
}

function changed(what: string): never {
  return fail('EncryptedMail.changed', `the stored message cannot be decrypted: ${what}. It was changed since SES encrypted it, or belongs elsewhere`);
}
