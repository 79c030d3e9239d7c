import { CreateAccessKeyCommand, DeleteAccessKeyCommand, IAMClient, ListAccessKeysCommand, NoSuchEntityException } from '@aws-sdk/client-iam';
import { log, retry } from '../private/custom-resource.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';

/** How long a permission that this very deployment has attached may take to be known everywhere. */
const PERMISSION_SECONDS = 60;

/** A new access key. The secret access key is shown once, and is not to be kept: the password is. */
export interface NewAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const iam = new IAMClient(PATIENT);

/**
 * The access keys of an IAM user who has no other purpose, so all of them are ours. IAM allows two.
 */
export class AccessKeys {
  private readonly options: { abortSignal?: AbortSignal };

  public constructor(private readonly userName: string, abortSignal?: AbortSignal) {
    this.options = { abortSignal };
  }

  /** The IDs of the keys, the oldest first; none when the user is gone. */
  public async list(): Promise<string[]> {
    try {
      const { AccessKeyMetadata: keys = [] } = await this.call(() => iam.send(new ListAccessKeysCommand({ UserName: this.userName }), this.options));
      return keys.sort((one, other) => one.CreateDate!.getTime() - other.CreateDate!.getTime()).map(key => key.AccessKeyId!);
    } catch (error) {
      if (error instanceof NoSuchEntityException) return [];
      throw error;
    }
  }

  public async create(): Promise<NewAccessKey> {
    const { AccessKey: key } = await this.call(() => iam.send(new CreateAccessKeyCommand({ UserName: this.userName }), this.options));
    log('access key made', { user: this.userName, key: key!.AccessKeyId });
    return { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! };
  }

  /** Deletes a key, if it is there. */
  public async delete(accessKeyId: string): Promise<void> {
    try {
      await this.call(() => iam.send(new DeleteAccessKeyCommand({ UserName: this.userName, AccessKeyId: accessKeyId }), this.options));
      log('access key deleted', { user: this.userName, key: accessKeyId });
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
    }
  }

  private call<T>(attempt: () => Promise<T>): Promise<T> {
    return retry(attempt, error => (error as Error).name === 'AccessDenied', PERMISSION_SECONDS);
  }
}
