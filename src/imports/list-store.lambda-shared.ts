import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { BucketSettings } from './import-constants';
import { type Patience } from '../private/patience.lambda-shared';
import { bucketUrlOf, type ObjectStore, requestObject } from '../private/s3-request.lambda-shared';

/** How long an object may take to come or go. */
const TRANSFER_MS = 60_000;

/** A list is read as its rows are looked at. */
const LIST_MS = 840_000;

/**
 * The bucket of an import or a backup, through a function that has a client of SES, whose credentials it takes.
 */
export class ListStore {
  public constructor(private readonly settings: BucketSettings, private readonly ses: SESv2Client, private readonly patience: Patience) {}

  /** The address of an object, as SES wants it. */
  public urlOf(key: string): string {
    return `s3://${this.settings.bucketName}/${key}`;
  }

  public async put(key: string, body: string, headers: Record<string, string> = {}): Promise<void> {
    const store = await this.store();
    await this.patience.call(signal => requestObject(key, { method: 'PUT', body, headers }, store, signal), TRANSFER_MS);
  }

  /** Puts what is not there yet. False when it is. */
  public async claim(key: string, body: string): Promise<boolean> {
    try {
      await this.put(key, body, { 'if-none-match': '*' });
      return true;
    } catch (error) {
      if ((error as Error).name !== 'PreconditionFailed') throw error;
      return false;
    }
  }

  public async text(key: string): Promise<string> {
    const store = await this.store();
    return this.patience.call(async signal => (await requestObject(key, { method: 'GET' }, store, signal)).text(), TRANSFER_MS);
  }

  /** An object as it comes, if it is still the one that has a tag. */
  public async open(key: string, etag: string): Promise<Response> {
    const store = await this.store();
    const headers = { 'if-match': `"${etag}"` };
    const asked = AbortSignal.timeout(LIST_MS);
    return this.patience.call(() => requestObject(key, { method: 'GET', headers }, store, asked));
  }

  private async store(): Promise<ObjectStore> {
    const { bucketName, bucketUrl, bucketRegion } = this.settings;
    return { region: bucketRegion ?? process.env.AWS_REGION ?? '', bucketUrl: bucketUrlOf(bucketName, bucketUrl), credentials: await this.ses.config.credentials() };
  }
}
