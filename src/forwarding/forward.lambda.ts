/*
 * Sends received mail on.
 *
 * A message of the queue is either what SES tells of mail, or an errand: one copy to one destination. Mail for several destinations becomes several errands in the
 * same queue, so that each is tried again for itself, and none gets a copy twice because another has failed. SQS delivers at least once: a copy may come twice,
 * rarely, and none gets lost. What fails comes again; SQS gives up after some tries and keeps it in the dead-letter queue.
 *
 * SES refuses some mail that others could send: then the destination gets it as an attachment, or is told where it is.
 *
 * No address and no subject is logged. A destination is known by its id, which is also in the return path.
 */
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { BadRequestException, MessageRejected, SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { FORWARD_METRICS as M, FORWARD_VARIABLE, type ForwardSettings } from './forward-constants';
import { type Copy, planForward, whyLoop } from './forward-decision';
import { pointerMessage, wrappedMessage } from './forward-notice.lambda-shared';
import { splitMessage } from './header-block';
import { destinationId, forwarderToken, returnPath } from './return-path';
import { rewriteMessage } from './rewrite-message.lambda-shared';
import { getObject } from './stored-object.lambda-shared';
import { redactRecord } from '../events/redaction';
import { fetchMail, type MailStore } from '../inbox/fetch-mail';
import { parseReceivedMail } from '../inbox/parse-received-mail';
import type { ReceivedMail } from '../inbox/received-mail';
import { log } from '../private/custom-resource.lambda-shared';
import { publishMetrics } from '../private/embedded-metrics.lambda-shared';
import { Patience } from '../private/patience.lambda-shared';
import { bucketUrlOf, type ObjectStore } from '../private/s3-request.lambda-shared';
import { SES_LIMITS } from '../ses/limits';

const kms = new KMSClient({ maxAttempts: 1 });
// the queue's URL says where it is as well, but not where a stand-in of AWS is
const sqs = new SQSClient({ maxAttempts: 1, useQueueUrlAsEndpoint: false });
const ses = new SESv2Client({ maxAttempts: 1 });

/** Enough for 40 MB, and not so long that a call which hangs takes the time of all. */
const TRANSFER_MS = 45_000;

/** What becomes 40 MB when base64 makes 78 bytes of 57. */
const WRAPPED_MAX = Math.floor((SES_LIMITS.messageBytes * 57) / 78);

/** As many as SQS takes at once. */
const BATCH_SIZE = 10;

/** An errand is what SES told, with the copy that it is about. */
type Job = ReceivedMail & { readonly copy?: Copy };

export const handler = async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
  const run = new ForwardRun(JSON.parse(process.env[FORWARD_VARIABLE]!) as ForwardSettings, new Patience(context));
  const batchItemFailures = [];
  for (const { messageId, body } of event.Records) {
    try {
      for (const job of parseReceivedMail(body)) await run.work(job);
    } catch (error) {
      const { name, message } = error as Error;
      log('failed, comes again', { message: messageId, failure: `${name}: ${String(redactRecord(message))}` });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};

class ForwardRun {
  private readonly token: string;
  private readonly store: MailStore;

  public constructor(private readonly settings: ForwardSettings, private readonly patience: Patience) {
    this.token = forwarderToken(settings.queueUrl);
    this.store = {
      getObject: input => this.patience.call(async signal => {
        return getObject(input, { ...objectStore(settings), credentials: await ses.config.credentials() }, signal);
      }, TRANSFER_MS),
      decrypt: input => this.patience.call(abortSignal => kms.send(new DecryptCommand(input), { abortSignal })),
      keyId: settings.messageKeyArn,
    };
  }

  public async work(job: Job): Promise<void> {
    if (job.copy) return this.send(job, job.copy);
    const { copies, refusal, returned } = planForward(this.settings, this.token, job);
    for (const destination of returned) this.count(job, M.returned, { destination });
    if (refusal !== undefined && returned.length === 0) return this.count(job, M.notForwarded, { reason: refusal });
    if (copies.length === 1) return this.send(job, copies[0]);
    for (let start = 0; start < copies.length; start += BATCH_SIZE) await this.enqueue(job, copies.slice(start, start + BATCH_SIZE));
  }

  private async enqueue(job: Job, copies: readonly Copy[]): Promise<void> {
    let left = copies.map((copy, index) => ({ Id: String(index), MessageBody: JSON.stringify({ ...job, copy }) }));
    await this.patience.call(async abortSignal => {
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: this.settings.queueUrl, Entries: left }), { abortSignal });
      left = left.filter(({ Id }) => Failed.some(failed => failed.Id === Id));
      if (left.length > 0) throw Object.assign(new Error(Failed[0].Message), { name: Failed[0].Code });
    });
  }

  private async send(job: Job, copy: Copy): Promise<void> {
    const original = await fetchMail(job, this.store);
    const destination = destinationId(copy.destination);
    const loop = whyLoop(splitMessage(original).fields, this.token);
    if (loop) return this.count(job, M.notForwarded, { reason: loop, destination });
    const { form, id } = await this.sendSomehow(original, job, copy);
    this.count(job, M.forwarded, { destination, form, sent: id });
  }

  /** As it is; if SES refuses that, as an attachment; if SES refuses that, too, as a notice. What SES refuses altogether is no matter of the message. */
  private async sendSomehow(original: Buffer, job: Job, copy: Copy): Promise<{ form: string; id?: string }> {
    const { sender, via = copy.recipient.replace(/(?:\+[^@]*)?@.*$/, '') } = this.settings;
    const { action } = job.receipt;
    const options = {
      ...copy,
      sender,
      via,
      token: this.token,
      returnPath: returnPath(sender, this.token, copy.destination),
      place: action.type === 'S3' ? `s3://${action.bucketName}/${action.objectKey}` : job.mail.messageId,
    };
    const forms: [name: string, make: () => Buffer][] = [
      ['message', () => rewriteMessage(original, options)],
      ...original.length < WRAPPED_MAX ? [['attachment', () => wrappedMessage(original, options)] as [string, () => Buffer]] : [],
      ['notice', () => pointerMessage(original, options)],
    ];
    let refusal: unknown;
    for (const [form, make] of forms) {
      const message = make();
      if (message.length > SES_LIMITS.messageBytes) continue;
      try {
        return { form, id: await this.sendRaw(message, options.returnPath, copy.destination) };
      } catch (error) {
        if (!(error instanceof BadRequestException || error instanceof MessageRejected)) throw error;
        refusal ??= error;
        log('refused by SES', { messageId: job.mail.messageId, form, failure: `${error.name}: ${String(redactRecord(error.message))}` });
      }
    }
    throw refusal;
  }

  private async sendRaw(message: Buffer, feedbackAddress: string, destination: string): Promise<string | undefined> {
    const { sender, configurationSet } = this.settings;
    const command = new SendEmailCommand({
      FromEmailAddress: sender,
      FeedbackForwardingEmailAddress: feedbackAddress,
      Destination: { ToAddresses: [destination] },
      Content: { Raw: { Data: message } },
      ConfigurationSetName: configurationSet,
    });
    return (await this.patience.call(abortSignal => ses.send(command, { abortSignal }), TRANSFER_MS)).MessageId;
  }

  private count({ mail: { messageId } }: Job, metric: string, details: object): void {
    publishMetrics({ [M.forwarder]: this.settings.forwarder }, [{ metrics: { [metric]: [1, 'Count'] } }], { messageId, ...details });
  }
}

function objectStore({ bucketName, bucketUrl, bucketRegion }: ForwardSettings): Omit<ObjectStore, 'credentials'> {
  return { region: bucketRegion ?? process.env.AWS_REGION ?? '', bucketUrl: bucketUrlOf(bucketName, bucketUrl) };
}
