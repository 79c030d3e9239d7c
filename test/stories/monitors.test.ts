/* Everything that watches mail and acts on what is seen, in each Region that an app sends from. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { VdmAttributes } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AccountMonitor, AdvisorNotices, FeedbackCanary, FeedbackPipeline, HealthNotices, IdentityMonitor, MailDashboard, MailStream,
  ReputationGuard, SendingStatusNotices, SndsAlarms, StreamAlarms, VerifiedDomain,
} from '../../src';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf } from '../support/stacks';

const ACCOUNT = '111122223333';

function watchIn(app: App, region: string): Stack {
  const stack = new Stack(app, `Mail-${region}`, { env: { account: ACCOUNT, region } });
  const topic = new Topic(stack, 'Operators', { masterKey: new Key(stack, 'Key', { enableKeyRotation: true }), enforceSSL: true });
  const stream = new MailStream(stack, 'Receipts');
  const domain = VerifiedDomain.fromDomainName(stack, 'Domain', 'example.com');
  new VdmAttributes(stack, 'Vdm');
  const feedback = new FeedbackPipeline(stack, 'Feedback', {
    streams: [stream], onFeedback: LambdaFunction.fromFunctionName(stack, 'Lists', 'lists'), notify: topic,
  });
  const canary = new FeedbackCanary(stack, 'Canary', { pipeline: feedback, stream, identity: domain, sender: 'canary@example.com', topic });
  const guard = new ReputationGuard(stack, 'Guard', { streams: [stream], account: {}, notify: topic });
  const account = new AccountMonitor(stack, 'Account', { topic });
  const identities = new IdentityMonitor(stack, 'Identities', { identities: [domain], topic });
  const streams = new StreamAlarms(stack, 'ReceiptAlarms', { stream, topic });
  const outlook = new SndsAlarms(stack, 'Outlook', { ips: ['192.0.2.1'], dimensionName: 'IP', topic });
  new HealthNotices(stack, 'Health', { topic });
  new SendingStatusNotices(stack, 'SendingStatus', { topic });
  new AdvisorNotices(stack, 'Advisor', { topic, identities: [domain] });
  new MailDashboard(stack, 'Dashboard', {
    streams: [stream],
    account,
    feedback,
    alarms: [...feedback.allAlarms, ...[canary, guard, account, identities, streams, outlook].flatMap(({ alarms }) => alarms)],
    snds: true,
  });
  return stack;
}

test.each(NAG_PACKS)('%s finds nothing', (_, Pack) => {
  const app = new App();
  watchIn(app, 'eu-west-1');
  expect(new Pack(app).validateScope(app).violations).toEqual([]);
});

test('each Region has monitors of its own, and they tell people there', () => {
  const app = new App();
  const stacks = ['eu-west-1', 'us-east-1'].map(region => watchIn(app, region));
  const templates = stacks.map(stack => Template.fromStack(stack));
  const [types, others] = templates.map(template => Object.values<{ Type: string }>(template.toJSON().Resources).map(({ Type }) => Type));
  expect(types).toEqual(others);
  // four schedules, three notices, a callback
  templates.forEach(template => template.resourceCountIs('AWS::Events::Rule', 8));
  expect(stacks[0].dependencies).toEqual([]);
});

test('the library has nothing to say of them', () => {
  expect(findingIdsOf(watchIn(new App(), 'eu-west-1')).filter(id => id.startsWith('cdk-postmaster:'))).toEqual([]);
});
