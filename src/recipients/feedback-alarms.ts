import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FeedbackMetrics } from './feedback-metrics';

/**
 * The alarms of a pipeline.
 */
export interface FeedbackAlarms {
  /** On messages in the dead-letter queue: bounces or complaints that were not acted on. */
  readonly deadLetters: cloudwatch.Alarm;

  /** On messages that wait for an hour or longer. */
  readonly late: cloudwatch.Alarm;

  /** On feedback at which somebody has to look: a bounce of nobody known, a virus, a server that sees spam. */
  readonly operatorAlerts: cloudwatch.Alarm;

  /** On complaints about fraud, viruses and forged mail. */
  readonly securityReports: cloudwatch.Alarm;

  /** On refusals because of Spamhaus, whose lists large providers ask. It looks at an hour at a time. */
  readonly blocklisted: cloudwatch.Alarm;

  /**
   * On feedback with which the function `onFeedback` could not be called.
   *
   * @default - there is no such function
   */
  readonly undelivered?: cloudwatch.Alarm;
}

/** Longer than all tries of a message take that SQS gives up on. */
const LATE = Duration.hours(1);

const RUNBOOK = 'The commands: docs/feedback.md of cdk-postmaster.';

/** What the alarms look at. */
interface Watched {
  readonly metrics: FeedbackMetrics;
  readonly queue: sqs.IQueue;
  readonly deadLetterQueue: sqs.IQueue;
  readonly undelivered?: sqs.IQueue;
}

/**
 * Makes the alarms of a pipeline, without actions.
 */
export function feedbackAlarms(scope: Construct, { metrics, queue, deadLetterQueue, undelivered }: Watched): FeedbackAlarms {
  const age = queue.metricApproximateAgeOfOldestMessage({ statistic: cloudwatch.Stats.MAXIMUM });
  return {
    deadLetters: reached(scope, 'DeadLettersAlarm', messagesIn(deadLetterQueue), 1, 'Bounces or complaints were not acted on: the messages are in the queue ' +
      `${deadLetterQueue.queueName}. The log of the function says why; once that is cured, send them back to ${queue.queueName}. ${RUNBOOK}`),
    late: reached(scope, 'LateAlarm', age, LATE.toSeconds(), `Bounces and complaints wait for ${LATE.toHumanString()} or longer, and mail goes to addresses ` +
      'that should get none: the log of the function says what holds them up.'),
    operatorAlerts: reached(scope, 'OperatorAlertsAlarm', metrics.metricOperatorAlerts(), 1, 'Feedback on mail needs somebody to look: a bounce of nobody ' +
      'known, a virus, or a server that sees spam. The log of the function has the reason.'),
    securityReports: reached(scope, 'SecurityReportsAlarm', metrics.metricSecurityReports(), 1, 'Recipients report mail as fraud, as forged, or with a virus: ' +
      'see whether somebody else sends in your name.'),
    blocklisted: reached(scope, 'BlocklistedAlarm', metrics.metricBlocklistRefusals({ list: 'Spamhaus', period: Duration.hours(1) }), 1, 'Servers refuse mail because of ' +
      'a list of Spamhaus: the log of the function has `blockedIp`. An address of SES AWS cures by itself; for one of your own, and for a domain that your mail links to, ' +
      'ask check.spamhaus.org.'),
    undelivered: undelivered && reached(scope, 'UndeliveredAlarm', messagesIn(undelivered), 1, 'The function for your mailing lists could not be called: the ' +
      `feedback is in the queue ${undelivered.queueName}. Addresses were put on the suppression list all the same. ${RUNBOOK}`),
  };
}

function messagesIn(queue: sqs.IQueue): cloudwatch.Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM });
}

function reached(scope: Construct, id: string, metric: cloudwatch.Metric, threshold: number, alarmDescription: string): cloudwatch.Alarm {
  return metric.createAlarm(scope, id, {
    threshold,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    alarmDescription,
  });
}
