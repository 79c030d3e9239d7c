import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { MailActionConfig, MailRuleReference } from './mail-action';
import { sourceOf } from './rule-source';
import { openTopic } from './rule-topic';
import { acknowledgeWildcards } from '../private/acknowledged-rules';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { sesRole } from '../private/ses-role';
import { checkConnectInstance, checkWorkMailOrganization, regionOfArn } from '../receipt/action-target';

/*
 * Mail that is handed over to another service of AWS.
 */

/** Where Amazon WorkMail is. */
const WORKMAIL_REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];

export function bindWorkMail(scope: Construct, rule: MailRuleReference, organizationArn: string, notifyTopic?: sns.ITopic): MailActionConfig {
  located(scope, () => checkWorkMailOrganization(organizationArn));
  refuseOtherRegion(scope, 'the WorkMail organization', organizationArn);
  const { region } = Stack.of(scope);
  if (!Token.isUnresolved(region) && !WORKMAIL_REGIONS.includes(region)) {
    finding(scope, 'MailAction.workMailRegion', `Amazon WorkMail is known to be in ${WORKMAIL_REGIONS.join(', ')}, and the rule is in ${region}; acknowledge this if it is there now`);
  }
  return {
    action: { workmailAction: { organizationArn, topicArn: notifyTopic?.topicArn } },
    permissions: notifyTopic && openTopic(scope, notifyTopic, rule),
  };
}

export function bindConnect(scope: Construct, rule: MailRuleReference, instanceArn: string): MailActionConfig {
  located(scope, () => checkConnectInstance(instanceArn));
  refuseOtherRegion(scope, 'the Connect instance', instanceArn);
  const resources = [instanceArn, `${instanceArn}/*`];
  const role = sesRole(scope, sourceOf(scope, rule, scope), 'StartContact', [new iam.PolicyStatement({ actions: ['connect:StartEmailContact'], resources })]);
  acknowledgeWildcards(role, resources.slice(1), 'The wildcard stands for what lies in one instance: which flow a message starts is decided there.');
  return { action: { connectAction: { instanceArn, iamRoleArn: role.roleArn } }, permissions: [role] };
}

function refuseOtherRegion(scope: Construct, what: string, arn: string): void {
  const { region } = Stack.of(scope);
  const other = regionOfArn(arn);
  if (other === undefined || Token.isUnresolved(region) || other === region) return;
  fail('MailAction.serviceRegion', `${what} is in ${other} and the rule in ${region}; SES hands mail over within its own Region only`, scope);
}
