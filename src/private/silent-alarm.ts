import { Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Whether nothing happens when an alarm is raised. To be asked when the tree is complete, as actions may be added later. */
export function isSilent(alarm: cloudwatch.Alarm): boolean {
  const actions: unknown = Stack.of(alarm).resolve((alarm.node.defaultChild as cloudwatch.CfnAlarm).alarmActions);
  return !Array.isArray(actions) || actions.length === 0;
}
