import { decryptMail, type DecryptKey, isEncryptedMail, type ObjectMetadata } from './encrypted-mail';
import type { ReceivedMail } from './received-mail';
import { fail } from '../private/errors';

/** What S3 is asked, in the words of its API. */
export interface GetObjectInput {
  Bucket: string;
  Key: string;
}

/** What S3 answers, as far as it matters. */
export interface GetObjectOutput {
  readonly Body?: { transformToByteArray(): Promise<Uint8Array> };
  readonly Metadata?: ObjectMetadata;
}

/** Where messages are stored, and who fetches them. */
export interface MailStore {
  /** Asks S3, e.g. `input => s3.send(new GetObjectCommand(input))`. */
  readonly getObject: (input: GetObjectInput) => Promise<GetObjectOutput>;

  /**
   * Asks KMS, e.g. `input => kms.send(new DecryptCommand(input))`: for messages that SES encrypts.
   *
   * @default - an encrypted message is refused
   */
  readonly decrypt?: DecryptKey;

  /**
   * The KMS key that SES encrypts all messages with: an id or an ARN. A message that is not encrypted, or with another key, is refused.
   *
   * @default - as the message is
   */
  readonly keyId?: string;

  /**
   * The bucket, for mail whose notification does not tell: that of functions and of other actions than S3.
   *
   * @default - the one in the notification
   */
  readonly bucketName?: string;

  /**
   * The prefix of object keys in the bucket, as the S3 action has it.
   *
   * @default - none
   */
  readonly prefix?: string;
}

/**
 * The key under which SES stores a message: its id behind the prefix, with one slash between them.
 *
 * @param messageId the id that SES gave the message
 * @param prefix the prefix of the S3 action
 */
export function mailObjectKey(messageId: string, prefix = ''): string {
  return prefix === '' || prefix.endsWith('/') ? `${prefix}${messageId}` : `${prefix}/${messageId}`;
}

/**
 * Fetches a message that SES stored, and decrypts it when SES encrypted it.
 *
 * @param received the message, by what a topic or function was told of it
 * @param store where it is
 */
export async function fetchMail(received: ReceivedMail, store: MailStore): Promise<Buffer> {
  const { messageId } = received.mail;
  const { Body, Metadata = {} } = await store.getObject(locate(received, store));
  if (!Body) return fail('FetchMail.empty', `S3 gave no body for message ${messageId}`);
  const body = await Body.transformToByteArray();
  const { decrypt, keyId } = store;
  if (!isEncryptedMail(Metadata)) {
    if (keyId !== undefined) fail('FetchMail.notEncrypted', `message ${messageId} is not encrypted; all that SES stores there should be, with ${keyId}`);
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }
  if (!decrypt) return fail('FetchMail.encrypted', `message ${messageId} is encrypted with a KMS key; give "decrypt", which asks KMS`);
  return decryptMail(body, Metadata, { decrypt, keyId, messageId });
}

function locate({ mail, receipt: { action } }: ReceivedMail, { bucketName, prefix }: MailStore): GetObjectInput {
  if (action.type === 'S3') return { Bucket: action.bucketName, Key: action.objectKey };
  if (bucketName === undefined) {
    return fail('FetchMail.bucket', `the notification of message ${mail.messageId} is about an action of type ${action.type}, which does not tell where SES stored it; give "bucketName"`);
  }
  return { Bucket: bucketName, Key: mailObjectKey(mail.messageId, prefix) };
}
