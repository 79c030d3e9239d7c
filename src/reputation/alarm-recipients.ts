import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarmTopicAction } from '../private/alarm-topic';
import { fail } from '../private/errors';

/**
 * Who learns of alarms. One of the two has to be given.
 */
export interface AlarmRecipients {
  /**
   * The standard topic through which people are told, of the Region of the alarms. Its policy, and that of its key, let CloudWatch publish; a topic that is
   * encrypted with the AWS-managed key is refused, since CloudWatch may not use it.
   *
   * @default - no topic; then `action` is required
   */
  readonly topic?: sns.ITopic;

  /**
   * What else happens on an alarm. Permissions are the action's own.
   *
   * @default - nothing; then `topic` is required
   */
  readonly action?: cloudwatch.IAlarmAction;
}

/**
 * What happens on an alarm.
 */
export function alarmActionsFor(scope: Construct, { topic, action }: AlarmRecipients): cloudwatch.IAlarmAction[] {
  if (!topic && !action) fail('AlarmRecipients.none', 'neither topic nor action is given, so nobody would learn of an alarm; give one of them', scope);
  return [...topic ? [alarmTopicAction(scope, topic)] : [], ...action ? [action] : []];
}
