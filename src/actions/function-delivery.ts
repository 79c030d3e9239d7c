import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LambdaInvocationType } from 'aws-cdk-lib/aws-ses-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import type { MailActionConfig, MailRuleReference } from './mail-action';
import { openTopic } from './rule-topic';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { finishedProperties } from '../private/finished-properties';
import { otherRegion } from '../private/other-region';
import { SES } from '../private/ses-source';
import { SES_LIMITS } from '../ses/limits';

/**
 * How a function is called.
 */
export interface FunctionDeliveryOptions {
  /**
   * Whether SES waits for the answer. It does so for 30 seconds at most, and only then can the function stop the rule or the rule set.
   *
   * @default LambdaInvocationType.EVENT
   */
  readonly invocation?: LambdaInvocationType;

  /**
   * A topic that is told of each call.
   *
   * @default - nobody is told
   */
  readonly notifyTopic?: sns.ITopic;
}

/** How long SES waits for an answer. */
const SES_WAITS = Duration.seconds(SES_LIMITS.synchronousFunctionSeconds);

/**
 * Calls a function with the headers of mail and the verdicts about it. The content is not in the event.
 */
export function bindFunction(scope: Construct, rule: MailRuleReference, fn: lambda.IFunction, options: FunctionDeliveryOptions): MailActionConfig {
  const { invocation = LambdaInvocationType.EVENT, notifyTopic } = options;
  checkRegion(scope, fn);
  if (invocation === LambdaInvocationType.REQUEST_RESPONSE) checkTimeout(scope, fn);
  else reportLostCalls(scope, fn);
  return {
    action: { lambdaAction: { functionArn: fn.functionArn, invocationType: invocation, topicArn: notifyTopic?.topicArn } },
    permissions: [...allowInvoke(scope, fn, rule), ...notifyTopic ? openTopic(scope, notifyTopic, rule) : []],
    invokes: fn,
  };
}

function checkRegion(scope: Construct, fn: lambda.IFunction): void {
  const other = otherRegion(scope, fn.functionArn, fn.env);
  if (!other) return;
  fail('MailAction.functionRegion', `the function ${fn.node.path} is in ${other} and the rule in ${Stack.of(scope).region}; SES calls functions of its own Region only`, scope);
}

function checkTimeout(scope: Construct, fn: lambda.IFunction): void {
  const timeout = functionBehind(fn)?.timeout;
  if (!timeout || timeout.isUnresolved() || timeout.toSeconds() <= SES_WAITS.toSeconds()) return;
  fail('MailAction.functionTimeout', `the function ${fn.node.path} may run for ${timeout.toHumanString()}, and SES waits for its answer for ${SES_WAITS.toHumanString()} at most; ` +
    'give it a shorter timeout, or call it with LambdaInvocationType.EVENT', scope);
}

/** The rule waits for the permission: SES calls the function in order to try the rule out. */
function allowInvoke(scope: Construct, fn: lambda.IFunction, rule: MailRuleReference): IDependable[] {
  const id = 'Permission';
  fn.addPermission(id, { scope, principal: new iam.ServicePrincipal(SES), sourceAccount: Stack.of(scope).account, sourceArn: rule.ruleArn });
  const permission = scope.node.tryFindChild(id);
  if (permission) return [permission];
  finding(scope, 'MailAction.foreignFunction', `the policy of the function ${fn.node.path} is not part of this app, and SES refuses a rule with a function that it may not call; ` +
    `its owner has to run: aws lambda add-permission --function-name ${fn.functionArn} --statement-id ses-${rule.ruleName} --action lambda:InvokeFunction ` +
    `--principal ${SES} --source-account ${Stack.of(scope).account} --source-arn ${rule.ruleArn}`);
  return [];
}

/** Lambda drops an asynchronous call after three tries. Where such calls go instead may be said later. */
function reportLostCalls(scope: Construct, fn: lambda.IFunction): void {
  const resource = functionBehind(fn)?.node.defaultChild;
  if (!(resource instanceof lambda.CfnFunction)) return;
  scope.node.addValidation({
    validate: () => {
      if (!finishedProperties<{ DeadLetterConfig?: object }>(resource).DeadLetterConfig && !hasFailureDestination(fn)) {
        finding(scope, 'MailAction.lostCalls', `when the function ${fn.node.path} fails three times for a message, Lambda forgets the call; give it an onFailure destination or a ` +
          'deadLetterQueue');
      }
      return [];
    },
  });
}

function hasFailureDestination(fn: lambda.IFunction): boolean {
  return fn.node.findAll().some(child => child instanceof lambda.CfnEventInvokeConfig &&
    finishedProperties<{ DestinationConfig?: { OnFailure?: object } }>(child).DestinationConfig?.OnFailure !== undefined);
}

/** The function that an alias or a version stands for, if this app makes it. */
function functionBehind(fn: lambda.IFunction): lambda.Function | undefined {
  const behind = fn instanceof lambda.Alias || fn instanceof lambda.Version ? fn.lambda : fn;
  return behind instanceof lambda.Function ? behind : undefined;
}
