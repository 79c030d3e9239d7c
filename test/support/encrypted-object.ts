import { createCipheriv, randomBytes } from 'node:crypto';
import type { FakeKms } from './fake-kms';

/** A message as SES encrypts and stores it. */
export interface EncryptedObject {
  readonly body: Buffer;
  readonly metadata: Record<string, string>;
}

/**
 * Writes a message as the S3 encryption client does, in the second version of its format: AES-256-GCM, the tag at the end, and the rest in the metadata.
 *
 * The metadata are those of an object of SES, as the tests of https://github.com/aws/amazon-s3-encryption-client-dotnet have them.
 *
 * @param kms where the key is made
 * @param keyId the KMS key
 * @param message the message
 * @param messageId its id
 * @see https://docs.aws.amazon.com/AWSJavaSDK/latest/javadoc/com/amazonaws/services/s3/package-summary.html
 */
export function encryptedObject(kms: FakeKms, keyId: string, message: Buffer, messageId: string): EncryptedObject {
  const context = { 'aws:ses:message-id': messageId, 'aws:ses:rule-name': 'store', 'aws:ses:source-account': '111122223333', 'kms_cmk_id': keyId };
  const { plaintext, wrapped } = kms.generateDataKey(keyId, context);
  const iv = randomBytes(12);
  const aes = createCipheriv('aes-256-gcm', plaintext, iv);
  const body = Buffer.concat([aes.update(message), aes.final(), aes.getAuthTag()]);
  return {
    body,
    metadata: {
      'x-amz-tag-len': '128',
      'x-amz-unencrypted-content-length': String(message.length),
      'x-amz-wrap-alg': 'kms',
      'x-amz-matdesc': JSON.stringify(context),
      'x-amz-key-v2': wrapped.toString('base64'),
      'x-amz-cek-alg': 'AES/GCM/NoPadding',
      'x-amz-iv': iv.toString('base64'),
    },
  };
}
