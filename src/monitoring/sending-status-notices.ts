import * as events from 'aws-cdk-lib/aws-events';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { noticeRule } from './notice-rule';

/**
 * Properties of notices of the sending status.
 */
export interface SendingStatusNoticesProps {
  /**
   * The standard topic through which people are told, of the Region of the notices.
   */
  readonly topic: sns.ITopic;
}

/**
 * Tells people when SES says on the event bus that sending was disabled or enabled, what for, why, and by whom.
 *
 * AWS documents these events for tenants. Do not rely on them for the account as a whole: `AccountMonitor` looks at that itself.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/tenants.html
 *
 * @example
 * declare const operators: sns.Topic;
 *
 * new SendingStatusNotices(this, 'SendingStatus', { topic: operators });
 */
export class SendingStatusNotices extends Construct {
  /** The rule, to which other targets can be added. */
  public readonly rule: events.Rule;

  public constructor(scope: Construct, id: string, props: SendingStatusNoticesProps) {
    super(scope, id);
    const [resource, origin, cause] = ['$.resources[0]', '$.detail.data.origin', '$.detail.data.record.cause'].map(path => events.EventField.fromPath(path));
    this.rule = noticeRule(this, props.topic, {
      description: 'Tells when Amazon SES disables or enables sending.',
      eventPattern: { source: ['aws.ses'], detailType: ['Sending Status Enabled', 'Sending Status Disabled'] },
      text: `Amazon SES, ${events.EventField.detailType} in account ${events.EventField.account}, ${events.EventField.region}, at ${events.EventField.time}: ` +
        `${resource}. By: ${origin}. Why: ${cause}`,
    });
  }
}
