import * as events from 'aws-cdk-lib/aws-events';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { noticeRule } from './notice-rule';

/**
 * Properties of notices of AWS Health.
 */
export interface HealthNoticesProps {
  /**
   * The standard topic through which people are told, of the Region of the notices.
   */
  readonly topic: sns.ITopic;
}

/**
 * Tells people what AWS Health says of SES: that it has paused the sending of the account, and what else concerns it, such as trouble of the service itself.
 *
 * AWS tells the mailbox of the account too, which somebody has to read. A pause is over for AWS Health as soon as it has told, so its event is always `closed`.
 *
 * @see https://docs.aws.amazon.com/health/latest/ug/cloudwatch-events-health.html
 *
 * @example
 * declare const operators: sns.Topic;
 *
 * new HealthNotices(this, 'Health', { topic: operators });
 */
export class HealthNotices extends Construct {
  /** The rule, to which other targets can be added. */
  public readonly rule: events.Rule;

  public constructor(scope: Construct, id: string, props: HealthNoticesProps) {
    super(scope, id);
    const [account, region, time] = [events.EventField.account, events.EventField.region, events.EventField.time];
    const code = events.EventField.fromPath('$.detail.eventTypeCode');
    const description = events.EventField.fromPath('$.detail.eventDescription[0].latestDescription');
    this.rule = noticeRule(this, props.topic, {
      description: 'Tells what AWS Health says of Amazon SES.',
      // by the service: AWS lists no codes of its events
      eventPattern: { source: ['aws.health'], detail: { service: ['SES'] } },
      text: `AWS Health on Amazon SES in account ${account}, ${region}, at ${time}: ${code}. ${description} ` +
        'See the AWS Health Dashboard, and the support cases of the account.',
    });
  }
}
