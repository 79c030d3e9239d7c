import { FEEDBACK_METRICS as M, OTHER } from './feedback-constants';
import { isKnownBlocklist } from '../events/blocklist';
import type { Feedback } from '../events/feedback';
import { isFeedbackWord } from '../events/feedback-decision';
import { type MetricGroup, publishMetrics } from '../private/embedded-metrics.lambda-shared';

/** What was done about a recipient. */
export interface HandledFeedback extends Feedback {
  /** Whether the address was put on the suppression list of the account. */
  readonly suppressed: boolean;
}

/** Metrics of which the share of each type is known, by the type of event. */
const BY_EVENT_TYPE: Readonly<Record<string, string>> = {
  'Bounce': M.bounces, 'Complaint': M.complaints, 'DeliveryDelay': M.deliveryDelays, 'Reject': M.rejects, 'Rendering Failure': M.renderingFailures,
};

/** Metrics of the mailbox simulator: what does not arrive there, does not arrive from people either. */
const BY_SIMULATOR: Readonly<Record<string, string>> = { Bounce: M.simulatorBounces, Complaint: M.simulatorComplaints };

/**
 * Says what was done about a recipient. The line has no address, so a log is no list of them.
 */
export function reportFeedback(pipeline: string, feedback: HandledFeedback): void {
  const { key, messageId, eventType, action, reason, suppressed, simulator, blocklist, blockedIp } = feedback;
  const event = BY_EVENT_TYPE[eventType];
  const latency = feedback.processingTimeMillis;
  report(pipeline, [
    ...event ? [{ ...counters([event]), by: typesOf(feedback) }] : [],
    { metrics: countersOf(feedback) },
    ...blocklist === undefined ? [] : [{ ...counters([M.blocklistRefusals]), by: { [M.list]: isKnownBlocklist(blocklist) ? blocklist : OTHER } }],
    ...latency === undefined ? [] : [{ metrics: { [M.deliveryLatency]: [latency, 'Milliseconds'] as const } }],
  ], { key, messageId, eventType, action, reason, suppressed, simulator, blocklist, blockedIp });
}

/** Says that an event was there before. */
export function reportDuplicate(pipeline: string, { key, messageId, eventType }: Feedback): void {
  report(pipeline, [counters([M.duplicates])], { key, messageId, eventType });
}

/** Says that a message is no event. */
export function reportUnreadable(pipeline: string, message: string, failure: string): void {
  report(pipeline, [counters([M.unreadable])], { notice: 'unreadable', message, failure });
}

function report(pipeline: string, groups: MetricGroup[], details: object): void {
  publishMetrics({ [M.pipeline]: pipeline }, groups, details);
}

function countersOf({ eventType, action, countsInBounceRate, securityReport, suppressed, simulator }: HandledFeedback): MetricGroup['metrics'] {
  const { metrics } = counters([
    ...securityReport ? [M.securityReports] : [],
    ...simulator && eventType in BY_SIMULATOR ? [BY_SIMULATOR[eventType]] : [],
    ...suppressed ? [M.suppressed] : [],
    ...action === 'contentAlert' ? [M.contentAlerts] : [],
    ...action === 'operatorAlert' ? [M.operatorAlerts] : [],
  ]);
  // a bounce that does not count is a zero, so that the metric is there
  return eventType === 'Bounce' ? { ...metrics, [M.hardBounces]: [countsInBounceRate && !simulator ? 1 : 0, 'Count'] } : metrics;
}

function counters(names: string[]): MetricGroup {
  return { metrics: Object.fromEntries(names.map(name => [name, [1, 'Count'] as const])) };
}

/** What a metric is told apart by. Providers write the type of a complaint as they like. */
function typesOf({ bounceType, bounceSubType, complaintFeedbackType, complaintSubType, delayType }: Feedback): Record<string, string> {
  const type = bounceType ?? delayType ?? complaintFeedbackType ?? complaintSubType;
  return {
    ...type === undefined ? {} : { [M.type]: word(type) },
    ...bounceSubType === undefined ? {} : { [M.subType]: word(bounceSubType) },
  };
}

function word(text: string): string {
  return isFeedbackWord(text) ? text : OTHER;
}
