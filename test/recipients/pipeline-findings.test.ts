import { Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { MailStream } from '../../src';
import { FeedbackPipeline, type FeedbackPipelineProps } from '../../src/recipients';
import * as stacks from '../support/stacks';

const { stackIn } = stacks;

/** What is said about pipelines: a stream that belongs to none has something to say of its own. */
const findingsOf = (stack: Stack) => stacks.findingsOf(stack).filter(({ text }) => text.includes(':FeedbackPipeline.'));
const findingIdsOf = (stack: Stack) => stacks.findingIdsOf(stack).filter(id => id.includes(':FeedbackPipeline.'));

/** A pipeline of which there is nothing to say, but for what is changed. */
function make(stack: Stack, props: FeedbackPipelineProps = {}): FeedbackPipeline {
  const streams = [new MailStream(stack, 'Receipts')];
  return new FeedbackPipeline(stack, 'Feedback', { streams, notify: new sns.Topic(stack, 'Operators'), ...props });
}

function functionIn(stack: Stack, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(stack, 'Lists', { code: lambda.Code.fromInline('x'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_22_X, ...props });
}

test('of a pipeline with a stream and somebody to tell there is nothing to say', () => {
  const stack = stackIn('eu-west-1');
  make(stack);
  expect(findingIdsOf(stack)).toEqual([]);
});

describe('a pipeline without a stream', () => {
  test('is reported', () => {
    const stack = stackIn('eu-west-1');
    make(stack, { streams: [] });
    expect(findingsOf(stack)).toEqual([{
      path: '/Stack/Feedback',
      text: expect.stringContaining('the pipeline has no stream and no identity, so nothing publishes to its topic; give it `streams`, or call addIdentity. ' +
        'Acknowledge this if something else publishes there'),
    }]);
    expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:FeedbackPipeline.noStreams']);
  });

  test('may get one later', () => {
    const stack = stackIn('eu-west-1');
    make(stack, { streams: [] }).addStream(new MailStream(stack, 'News'));
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('may be acknowledged', () => {
    const stack = stackIn('eu-west-1');
    Validations.of(make(stack, { streams: [] })).acknowledge({ id: 'cdk-postmaster:FeedbackPipeline.noStreams', reason: 'an identity publishes here' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

describe('alarms that tell nobody', () => {
  test('are reported', () => {
    const stack = stackIn('eu-west-1');
    make(stack, { notify: undefined });
    expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:FeedbackPipeline.silentAlarms']);
    expect(findingsOf(stack)[0].text).toContain('the alarms of the pipeline have no action, so nobody learns when bounces and complaints are no longer acted on; give it ' +
      '`notify`, or an alarmAction');
  });

  test('may be given an action by hand', () => {
    const stack = stackIn('eu-west-1');
    make(stack, { notify: undefined }).alarms.deadLetters.addAlarmAction({ bind: () => ({ alarmActionArn: 'arn' }) });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('may be acknowledged', () => {
    const stack = stackIn('eu-west-1');
    Validations.of(make(stack, { notify: undefined })).acknowledge({ id: 'cdk-postmaster:FeedbackPipeline.silentAlarms', reason: 'somebody looks at the dashboard' });
    expect(findingIdsOf(stack)).toEqual([]);
  });
});

describe('a function whose failures are lost', () => {
  test('is reported', () => {
    const stack = stackIn('eu-west-1');
    make(stack, { onFeedback: functionIn(stack) });
    expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:FeedbackPipeline.callbackLosesErrors']);
    expect(findingsOf(stack)[0].text).toContain('the function Stack/Lists has no destination for failures, so an address that it fails to take off your lists three times ' +
      'stays on them; give it onFailure, or a deadLetterQueue');
  });

  test.each<[string, (stack: Stack) => lambda.IFunction]>([
    ['with a dead-letter queue', stack => functionIn(stack, { deadLetterQueueEnabled: true })],
    ['with a destination for failures', stack => functionIn(stack, { onFailure: new SqsDestination(new sqs.Queue(stack, 'Failed')) })],
    ['of which nothing is known', stack => lambda.Function.fromFunctionName(stack, 'Foreign', 'lists')],
  ])('is not one %s', (_, callback) => {
    const stack = stackIn('eu-west-1');
    make(stack, { onFeedback: callback(stack) });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('may be acknowledged', () => {
    const stack = stackIn('eu-west-1');
    Validations.of(make(stack, { onFeedback: functionIn(stack) })).acknowledge({ id: 'cdk-postmaster:FeedbackPipeline.callbackLosesErrors', reason: 'it has a log' });
    expect(findingIdsOf(stack)).toEqual([]);
    Template.fromStack(stack).resourceCountIs('AWS::Events::Rule', 1);
  });
});
