/*
 * Decides about mail while SES waits.
 *
 * The decision itself is pure (gate-decision.ts). It needs no call of AWS, unless mail is to be bounced. No address and no subject is logged: the id of the
 * message is what mail is known by everywhere.
 */
import { type BouncedRecipientInfo, SendBounceCommand, SESClient } from '@aws-sdk/client-ses';
import type { Context } from 'aws-lambda';
import { whyNoBounce } from './bounce-guard';
import { GATE_VARIABLE, type GateBounce, type GateOutcome, type GateSettings, STOPPED_METRIC } from './gate-constants';
import { decide } from './gate-decision';
import { redactRecord } from '../events/redaction';
import { parseReceivedMail } from '../inbox/parse-received-mail';
import type { ReceivedMail } from '../inbox/received-mail';
import { log } from '../private/custom-resource.lambda-shared';
import { publishMetrics } from '../private/embedded-metrics.lambda-shared';
import { Patience } from '../private/patience.lambda-shared';

const ses = new SESClient({ maxAttempts: 1 });

/** The messages that this instance has bounced. SES asks again when the answer does not reach it, and one bounce is enough. */
const bounced = new Set<string>();

/** More than come again within the life of an instance. */
const REMEMBERED = 1_000;

/** What SES reads from the answer. */
type Answer = Pick<GateOutcome, 'disposition'>;

export const handler = async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<Answer> => {
  const settings = JSON.parse(process.env[GATE_VARIABLE]!) as GateSettings;
  try {
    const [received] = parseReceivedMail(event);
    // when a rule is created, SES tries its function out without a message
    return received ? await judge(settings, received, new Patience(context)) : { disposition: 'CONTINUE' };
  } catch (error) {
    const { name, message } = error as Error;
    log('gate failed', { rule: settings.rule, failure: `${name}: ${String(redactRecord(message))}`, disposition: settings.onFailure ?? 'SES tries again' });
    if (settings.onFailure === undefined) throw new Error('the gate cannot decide; its log says why');
    return { disposition: settings.onFailure };
  }
};

async function judge(settings: GateSettings, received: ReceivedMail, patience: Patience): Promise<Answer> {
  const { messageId, headersTruncated } = received.mail;
  const { disposition, reason, stops = false, bounce = false } = decide(settings, received, Date.now());
  const told = bounce && settings.bounce ? await bounceOnce(settings.bounce, received, patience) : undefined;
  publishMetrics({ [STOPPED_METRIC.dimension]: settings.rule }, [{ metrics: { [STOPPED_METRIC.name]: [stops ? 1 : 0, 'Count'] } }], {
    notice: 'gate', messageId, disposition, reason, bounce: told, ...headersTruncated ? { headersTruncated } : {},
  });
  return { disposition };
}

/** Tells the sender, if that does no harm, and says what was done. */
async function bounceOnce(bounce: GateBounce, received: ReceivedMail, patience: Patience): Promise<string> {
  const { messageId } = received.mail;
  const reason = whyNoBounce(received, Date.now());
  if (reason) return `none: ${reason}`;
  if (bounced.has(messageId)) return 'sent before';
  const { MessageId } = await patience.call(abortSignal => ses.send(new SendBounceCommand(bounceOf(bounce, received)), { abortSignal }));
  if (bounced.size >= REMEMBERED) bounced.clear();
  bounced.add(messageId);
  return `sent: ${MessageId}`;
}

function bounceOf({ sender, explanation }: GateBounce, { mail, receipt }: ReceivedMail): SendBounceCommand['input'] {
  return {
    OriginalMessageId: mail.messageId,
    BounceSender: sender,
    Explanation: explanation,
    MessageDsn: { ReportingMta: `dns; ${sender.slice(sender.lastIndexOf('@') + 1)}`, ArrivalDate: new Date(mail.timestamp), ExtensionFields: [] },
    BouncedRecipientInfoList: receipt.recipients.map((Recipient): BouncedRecipientInfo => ({ Recipient, BounceType: 'ContentRejected' })),
  };
}
