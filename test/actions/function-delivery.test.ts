import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LambdaInvocationType } from 'aws-cdk-lib/aws-ses-actions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Deliver } from '../../src';
import { onlyRule, ruleArn, ruleIn } from '../support/rules';
import { findingIdsOf, findingsOf, stackIn } from '../support/stacks';

const SYNC = { invocation: LambdaInvocationType.REQUEST_RESPONSE };

function functionIn(stack: Stack, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(stack, 'Function', {
    runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {};'), deadLetterQueueEnabled: true, ...props,
  });
}

function call(fnIn: (stack: Stack) => lambda.IFunction, options = {}) {
  const stack = stackIn('eu-west-1');
  const fn = fnIn(stack);
  return { stack, fn, rule: ruleIn(stack, [Deliver.toFunction(fn, options)]) };
}

test('SES may call the function for this rule of this account only, before the rule is there, and does not wait for the answer', () => {
  const { stack, fn, rule } = call(functionIn);
  const [[id, permission], ...others] = Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::Permission'));
  expect(others).toEqual([]);
  expect(permission.Properties).toEqual({
    Action: 'lambda:InvokeFunction',
    FunctionName: { 'Fn::GetAtt': [expect.stringMatching(/^Function/), 'Arn'] },
    Principal: 'ses.amazonaws.com',
    SourceAccount: '111122223333',
    SourceArn: ruleArn(),
  });
  expect(onlyRule(stack)).toMatchObject({
    DependsOn: [id],
    Properties: { Rule: { Actions: [{ LambdaAction: { FunctionArn: { 'Fn::GetAtt': [expect.stringMatching(/^Function/), 'Arn'] }, InvocationType: 'Event' } }] } },
  });
  expect(rule.functions).toEqual([fn]);
  expect(findingIdsOf(stack)).toEqual([]);
});

test('each rule that calls a function has a permission of its own', () => {
  const { stack, fn } = call(functionIn);
  ruleIn(stack, [Deliver.toFunction(fn, SYNC)], {}, 'Sales');
  const permissions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Permission'));
  expect(permissions.map(({ Properties }) => Properties.SourceArn)).toEqual([ruleArn('support'), ruleArn('sales')]);
});

test('an alias is called by its own ARN, and it is the alias that SES may call', () => {
  const { stack } = call(fnStack => functionIn(fnStack).addAlias('live'), SYNC);
  const [alias] = Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Alias'));
  expect(onlyRule(stack).Properties.Rule.Actions).toEqual([{ LambdaAction: { FunctionArn: { Ref: alias }, InvocationType: 'RequestResponse' } }]);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', { FunctionName: { Ref: alias } });
});

describe('SES waits for 30 seconds:', () => {
  const slow = (seconds: number) => (stack: Stack) => functionIn(stack, { timeout: Duration.seconds(seconds) });

  test.each<[string, (stack: Stack) => lambda.IFunction, string]>([
    ['a function', slow(31), 'Stack/Function'],
    ['an alias of one', stack => slow(31)(stack).addAlias('live'), 'Stack/Function/Aliaslive'],
  ])('%s that may run for longer is refused', (_, fnIn, path) => {
    expect(() => call(fnIn, SYNC)).toThrow(
      `the function ${path} may run for 31 seconds, and SES waits for its answer for 30 seconds at most; give it a shorter timeout, or call it with ` +
      'LambdaInvocationType.EVENT (at Stack/Support/Action1) [MailAction.functionTimeout]');
  });

  test('one that runs for as long is not, and nor is one for which SES does not wait', () => {
    call(slow(30), SYNC);
    call(slow(900));
  });
});

test('a function of another Region is refused', () => {
  expect(() => call(stack => lambda.Function.fromFunctionArn(stack, 'Function', 'arn:aws:lambda:us-east-1:111122223333:function:f'))).toThrow(
    'the function Stack/Function is in us-east-1 and the rule in eu-west-1; SES calls functions of its own Region only (at Stack/Support/Action1) [MailAction.functionRegion]');
});

describe('calls that would be lost are reported', () => {
  const careless = (stack: Stack) => functionIn(stack, { deadLetterQueueEnabled: undefined });

  test('unless the calls that fail go somewhere, which may be said later', () => {
    const { stack, rule } = call(careless);
    expect(findingsOf(stack)).toEqual([{ path: '/Stack/Support/Action1', text: expect.stringContaining('when the function Stack/Function fails three times for a message, Lambda forgets') }]);
    Validations.of(rule).acknowledge({ id: 'cdk-postmaster:MailAction.lostCalls', reason: 'the bucket has it all' });
    expect(findingIdsOf(stack)).toEqual([]);

    const careful = call(careless);
    careful.fn.configureAsyncInvoke({ onFailure: new SqsDestination(new Queue(careful.stack, 'Failed')) });
    expect(findingIdsOf(careful.stack)).toEqual([]);
  });

  test('also when only successes go somewhere', () => {
    const { stack, fn } = call(careless);
    fn.configureAsyncInvoke({ onSuccess: new SqsDestination(new Queue(stack, 'Done')) });
    expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:MailAction.lostCalls']);
  });

  test('but not those for which SES waits, and which it makes again', () => {
    expect(findingIdsOf(call(careless, SYNC).stack)).toEqual([]);
  });
});

test('a function of somebody else is reported, with what its owner has to run', () => {
  const { stack, rule } = call(fnStack => lambda.Function.fromFunctionArn(fnStack, 'Function', 'arn:aws:lambda:eu-west-1:444455556666:function:f'));
  const [{ text }] = findingsOf(stack).filter(({ path }) => path === '/Stack/Support/Action1');
  expect(text).toContain('the policy of the function Stack/Function is not part of this app');
  expect(text).toContain('aws lambda add-permission --function-name arn:aws:lambda:eu-west-1:444455556666:function:f --statement-id ses-support');
  Validations.of(rule).acknowledge({ id: 'cdk-postmaster:MailAction.foreignFunction', reason: 'done by its owner' });
  expect(findingIdsOf(stack)).not.toContain('cdk-postmaster:MailAction.foreignFunction');
});
