import type * as events from 'aws-cdk-lib/aws-events';
import type * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import type * as ses from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import { bindDimensions } from './cloudwatch-destination';
import { bindEventBus } from './event-bridge-destination';
import { bindDeliveryStream, FirehoseDestinationOptions } from './firehose-destination';
import { bindTopic } from './sns-destination';
import { fail } from '../private/errors';

/**
 * What CloudFormation is told about a destination: exactly one of the four kinds.
 */
export interface EventDestinationConfig {
  /**
   * The topic.
   *
   * @default - another kind
   */
  readonly snsDestination?: ses.CfnConfigurationSetEventDestination.SnsDestinationProperty;

  /**
   * The event bus.
   *
   * @default - another kind
   */
  readonly eventBridgeDestination?: ses.CfnConfigurationSetEventDestination.EventBridgeDestinationProperty;

  /**
   * The delivery stream and the role that SES assumes.
   *
   * @default - another kind
   */
  readonly kinesisFirehoseDestination?: ses.CfnConfigurationSetEventDestination.KinesisFirehoseDestinationProperty;

  /**
   * The dimensions.
   *
   * @default - another kind
   */
  readonly cloudWatchDestination?: ses.CfnConfigurationSetEventDestination.CloudWatchDestinationProperty;

  /**
   * The permissions. SES looks at them when the destination is created, and refuses it when they are not there yet.
   */
  readonly permissions: IDependable[];
}

/**
 * Where SES publishes the events of a configuration set. The menu has what CloudFormation can create.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html
 */
export class EventDestination {
  /**
   * An SNS topic: one message an event. Standard topics only; a FIFO topic is refused.
   *
   * Adds to the topic's policy, and to the key's policy of an encrypted one, what SES needs for this configuration set and no other. SES cannot publish
   * to a topic that is encrypted with the AWS-managed key `alias/aws/sns`: it is refused.
   *
   * @param topic a topic in the Region of the configuration set
   */
  public static snsTopic(topic: sns.ITopic): EventDestination {
    return new EventDestination((scope, set) => bindTopic(scope, set, topic));
  }

  /**
   * The default event bus of Amazon EventBridge, for rules: `MailStream.onEvents`. SES takes no other bus. Delivery is best effort and may be out of order.
   *
   * @param bus the default bus; only to say it in full
   */
  public static eventBus(bus?: events.IEventBus): EventDestination {
    return new EventDestination(scope => bindEventBus(scope, bus));
  }

  /**
   * An Amazon Data Firehose stream: each record is one line of JSON which ends in a newline, so let Firehose add no delimiter. See `EventArchive`.
   *
   * @param stream a delivery stream in the Region of the configuration set
   * @param options the role that SES assumes
   */
  public static firehoseDeliveryStream(stream: firehose.IDeliveryStream, options: FirehoseDestinationOptions = {}): EventDestination {
    return new EventDestination((scope, set) => bindDeliveryStream(scope, set, stream, options));
  }

  /**
   * CloudWatch counters, one for each event and each combination of values of the dimensions. A counter appears with its first event, and each is billed.
   *
   * A counter with several dimensions cannot be read by one of them alone; for another view add another destination.
   *
   * @param dimensions 1 to 10; see `EventDimension`
   */
  public static cloudWatchDimensions(dimensions: ses.CloudWatchDimension[]): EventDestination {
    return new EventDestination(scope => bindDimensions(scope, dimensions));
  }

  /**
   * Refused: AWS ended support for Amazon Pinpoint on 30 October 2026, and CloudFormation never had this destination.
   *
   * @param applicationArn the Pinpoint project
   */
  public static pinpoint(applicationArn: string): EventDestination {
    return fail('EventDestination.pinpoint', `the event destination is the Pinpoint project "${applicationArn}", but AWS ended support for Amazon Pinpoint on ` +
      '30 October 2026 and CloudFormation has no such destination; use EventDestination.eventBus() or an EventArchive for the same records');
  }

  private constructor(private readonly binder: (scope: Construct, configurationSet: ses.IConfigurationSet) => EventDestinationConfig) {}

  /**
   * Grants SES what it needs and says how the destination is written.
   *
   * @param scope the construct of the destination
   * @param configurationSet the set whose events are published
   */
  public bind(scope: Construct, configurationSet: ses.IConfigurationSet): EventDestinationConfig {
    return this.binder(scope, configurationSet);
  }
}
