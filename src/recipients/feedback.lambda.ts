/*
 * Acts on bounces and complaints.
 *
 * Each message of the queue is one event of SES, about one or more recipients. What is done for a recipient, in this order: the work is taken on in the table;
 * the address goes onto the suppression list of the account, if the decision is so; the user's own code is told by the event bus; the table says that all is
 * done; the metrics say what it was. A message that fails on the way, or is no event, is handed back for another try, and the others with it are not: SQS
 * gives up on it after some tries and keeps it in the dead-letter queue.
 *
 * No address is logged. The key of a record tells which item of the table it is.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { BadRequestException, PutSuppressedDestinationCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { FEEDBACK_EVENT, FEEDBACK_VARIABLE, type FeedbackSettings } from './feedback-constants';
import { FeedbackHistory } from './feedback-history.lambda-shared';
import { type HandledFeedback, reportDuplicate, reportFeedback, reportUnreadable } from './feedback-report.lambda-shared';
import { type Feedback, feedbackOf } from '../events/feedback';
import { parseMailEvents } from '../events/parse-events';
import { redactRecord } from '../events/redaction';
import { log } from '../private/custom-resource.lambda-shared';
import { Patience } from '../private/patience.lambda-shared';

const ses = new SESv2Client({ maxAttempts: 1 });
const bus = new EventBridgeClient({ maxAttempts: 1 });

export const handler = async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
  const run = new FeedbackRun(JSON.parse(process.env[FEEDBACK_VARIABLE]!) as FeedbackSettings, new Patience(context));
  const batchItemFailures = [];
  // one after the other: SES takes about one such call a second, and the same news may be in a batch twice
  for (const record of event.Records) {
    if (!await run.handleMessage(record)) batchItemFailures.push({ itemIdentifier: record.messageId });
  }
  return { batchItemFailures };
};

class FeedbackRun {
  private readonly history: FeedbackHistory;

  public constructor(private readonly settings: FeedbackSettings, private readonly patience: Patience) {
    this.history = new FeedbackHistory(settings, patience);
  }

  /** False when the message has to come again. */
  public async handleMessage(record: SQSRecord): Promise<boolean> {
    const found = this.read(record);
    if (!found) return false;
    try {
      for (const feedback of found) await this.handle(feedback, record.eventSourceARN);
      return true;
    } catch (error) {
      log('failed, comes again', { message: record.messageId, failure: reasonOf(error) });
      return false;
    }
  }

  private read(record: SQSRecord): Feedback[] | undefined {
    try {
      return parseMailEvents(record.body).flatMap(event => feedbackOf(event, this.settings));
    } catch (error) {
      reportUnreadable(this.settings.pipeline, record.messageId, reasonOf(error));
      return undefined;
    }
  }

  private async handle(feedback: Feedback, queueArn: string): Promise<void> {
    if (!await this.history.begin(feedback)) return reportDuplicate(this.settings.pipeline, feedback);
    const handled = await this.act(feedback);
    await this.tell(handled, queueArn);
    await this.history.end(handled);
    reportFeedback(this.settings.pipeline, handled);
  }

  private async act(feedback: Feedback): Promise<HandledFeedback> {
    const judged = await this.judge(feedback);
    if (judged.action !== 'suppress' || judged.simulator) return { ...judged, suppressed: false };
    try {
      await this.suppress(judged);
      return { ...judged, suppressed: true };
    } catch (error) {
      if (!(error instanceof BadRequestException)) throw error;
      return { ...judged, action: 'operatorAlert', reason: `${judged.reason}, and SES does not take the address for its suppression list`, suppressed: false };
    }
  }

  /** An address that bounces for now too often is suppressed like one that bounces for good, if that is wanted. */
  private async judge(feedback: Feedback): Promise<Feedback> {
    const { transientBounces: limit } = this.settings;
    if (!limit || feedback.action !== 'count' || feedback.address === undefined) return feedback;
    const count = await this.history.countBounces(feedback.address, new Date(Date.now() - limit.seconds * 1000));
    return count < limit.count ? feedback : { ...feedback, action: 'suppress', reason: `bounced for now, ${count} times in a short time` };
  }

  private async suppress({ address, eventType }: Feedback): Promise<void> {
    const put = new PutSuppressedDestinationCommand({ EmailAddress: address, Reason: eventType === 'Complaint' ? 'COMPLAINT' : 'BOUNCE' });
    await this.patience.call(abortSignal => ses.send(put, { abortSignal }));
  }

  private async tell(handled: HandledFeedback, queueArn: string): Promise<void> {
    const put = new PutEventsCommand({
      Entries: [{
        Source: FEEDBACK_EVENT.source,
        DetailType: FEEDBACK_EVENT.detailType,
        Detail: JSON.stringify(handled),
        EventBusName: this.settings.eventBus,
        Resources: [queueArn],
      }],
    });
    await this.patience.call(async abortSignal => {
      const { Entries: [entry] = [] } = await bus.send(put, { abortSignal });
      if (entry?.ErrorCode) throw Object.assign(new Error(entry.ErrorMessage), { name: entry.ErrorCode });
    });
  }
}

/** What went wrong, without addresses, which errors of AWS may quote. */
function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${String(redactRecord(message))}`;
}
