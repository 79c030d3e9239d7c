import { FEEDBACK_METRICS as M } from './feedback-constants';
import type { Feedback } from '../events/feedback';
import { isFeedbackWord } from '../events/feedback-decision';

/*
 * Metrics by way of the log (embedded metric format), which costs no call and needs no permission.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

/** What was done about a recipient. */
export interface HandledFeedback extends Feedback {
  /** Whether the address was put on the suppression list of the account. */
  readonly suppressed: boolean;
}

/** Metrics of which the share of each type is known, by the type of event. */
const BY_EVENT_TYPE: Readonly<Record<string, string>> = {
  'Bounce': M.bounces, 'Complaint': M.complaints, 'DeliveryDelay': M.deliveryDelays, 'Reject': M.rejects, 'Rendering Failure': M.renderingFailures,
};

/**
 * The line of what was done about a recipient. It has no address, so a log is no list of them.
 */
export function feedbackLine(pipeline: string, feedback: HandledFeedback): string {
  const { key, messageId, eventType, action, reason, suppressed, simulator } = feedback;
  const event = BY_EVENT_TYPE[eventType];
  const dimensions = dimensionsOf(feedback);
  const latency = feedback.processingTimeMillis;
  const counters = {
    ...eventType === 'Bounce' ? { [M.hardBounces]: feedback.countsInBounceRate && !simulator ? 1 : 0 } : {},
    ...feedback.securityReport ? { [M.securityReports]: 1 } : {},
    ...suppressed ? { [M.suppressed]: 1 } : {},
    ...action === 'contentAlert' ? { [M.contentAlerts]: 1 } : {},
    ...action === 'operatorAlert' ? { [M.operatorAlerts]: 1 } : {},
  };
  return metricLine(pipeline, [
    ...event ? [{ values: { [event]: 1 }, dimensions }] : [],
    { values: counters },
    ...latency === undefined ? [] : [{ values: { [M.deliveryLatency]: latency }, unit: 'Milliseconds' }],
  ], { key, messageId, eventType, action, reason, suppressed, simulator });
}

/** The line of an event that was there before. */
export function duplicateLine(pipeline: string, { key, messageId, eventType }: Feedback): string {
  return metricLine(pipeline, [{ values: { [M.duplicates]: 1 } }], { key, messageId, eventType });
}

/** The line of a message that is no event. */
export function unreadableLine(pipeline: string, details: object): string {
  return metricLine(pipeline, [{ values: { [M.unreadable]: 1 } }], details);
}

/**
 * What a metric is told apart by. Providers write the type of a complaint as they like, and each value is a metric which is billed, so what is not known
 * is put together.
 */
function dimensionsOf({ bounceType, bounceSubType, complaintFeedbackType, complaintSubType, delayType }: Feedback): Record<string, string> {
  const type = bounceType ?? delayType ?? complaintFeedbackType ?? complaintSubType;
  return {
    ...type === undefined ? {} : { [M.type]: word(type) },
    ...bounceSubType === undefined ? {} : { [M.subType]: word(bounceSubType) },
  };
}

function word(text: string): string {
  return isFeedbackWord(text) ? text : 'Other';
}

interface Group {
  readonly values: Record<string, number>;
  readonly unit?: string;
  /** Beside the pipeline. */
  readonly dimensions?: Record<string, string>;
}

function metricLine(pipeline: string, groups: Group[], details: object): string {
  const given = groups.filter(({ values }) => Object.keys(values).length > 0);
  return JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: given.map(directive) },
    ...details,
    [M.pipeline]: pipeline,
    ...Object.assign({}, ...given.flatMap(({ values, dimensions }) => [values, dimensions])) as object,
  });
}

/** A metric is there in total, by type, and by type and sub-type: CloudWatch does not add up by itself. */
function directive({ values, unit = 'Count', dimensions = {} }: Group): object {
  const names = [M.pipeline, ...Object.keys(dimensions)];
  return {
    Namespace: M.namespace,
    Dimensions: names.map((_, index) => names.slice(0, index + 1)),
    Metrics: Object.keys(values).map(Name => ({ Name, Unit: unit })),
  };
}
