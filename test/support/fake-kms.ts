import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

/** A key that the fake has made, and what it was made with. */
interface DataKey {
  readonly keyId: string;
  readonly plaintext: Buffer;
  readonly context: string;
}

/**
 * A fake of KMS with symmetric keys: it makes data keys, and decrypts what it has made. As the real one, it does so only with the same encryption context, in any
 * order, and when a key is named only with that one.
 */
export class FakeKms extends FakeJsonService {
  private readonly dataKeys = new Map<string, DataKey>();

  public constructor(private readonly keyIds: readonly string[]) {
    super();
  }

  /** Makes a data key, as SES does for each message. */
  public generateDataKey(keyId: string, context: Record<string, string>, plaintext = randomBytes(32)): { plaintext: Buffer; wrapped: Buffer } {
    if (!this.keyIds.includes(keyId)) throw new Error(`there is no key ${keyId}`);
    const wrapped = randomBytes(151);
    this.dataKeys.set(wrapped.toString('base64'), { keyId, plaintext, context: canonical(context) });
    return { plaintext, wrapped };
  }

  protected operationOf(request: IncomingMessage): string | undefined {
    return /^TrentService\.(Decrypt)$/.exec(String(request.headers['x-amz-target']))?.[1];
  }

  protected carryOut(_operation: string, input: Json): Json {
    checkMembers('Decrypt', input, ['CiphertextBlob'], ['EncryptionContext', 'KeyId']);
    if (input.KeyId !== undefined && !this.keyIds.includes(input.KeyId as string)) throw new Refusal(400, 'NotFoundException', `Key '${String(input.KeyId)}' does not exist`);
    const key = this.dataKeys.get(input.CiphertextBlob as string);
    // KMS says the same of what it has not made and of what it has made for another context
    if (!key || key.context !== canonical((input.EncryptionContext ?? {}) as Record<string, string>)) throw new Refusal(400, 'InvalidCiphertextException', '');
    if (input.KeyId !== undefined && input.KeyId !== key.keyId) {
      throw new Refusal(400, 'IncorrectKeyException', 'The key ID in the request does not identify a CMK that can perform this operation.');
    }
    return { KeyId: key.keyId, Plaintext: key.plaintext.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
  }
}

function canonical(context: Record<string, string>): string {
  if (!Object.values(context).every(value => typeof value === 'string')) throw new Refusal(400, 'SerializationException', 'the context has texts only');
  return JSON.stringify(Object.entries(context).sort(([one], [other]) => one < other ? -1 : 1));
}
