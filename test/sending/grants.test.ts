import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Dns, type IMailStream, MailStream, SendAction, type SendPermission, VerifiedDomain } from '../../src';
import { isAllowed } from '../support/iam';
import { stackIn } from '../support/stacks';

const FROM = { fromAddresses: ['receipts@example.com'] };
const arn = (resource: string) => `arn:aws:ses:eu-west-1:111122223333:${resource}`;

function setUp(permission: SendPermission = FROM) {
  const stack = stackIn('eu-west-1');
  const news = new MailStream(stack, 'News', { configurationSetName: 'news' });
  const receipts = new MailStream(stack, 'Receipts', { configurationSetName: 'receipts' });
  const domain = new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), defaultConfigurationSet: news });
  new VerifiedDomain(stack, 'Other', { dns: Dns.elsewhere('example.net') });
  const role = new iam.Role(stack, 'Sender', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  receipts.grantSend(role, domain, permission);
  return { stack, domain, role };
}

/** A call as SES authorizes it: on the identity of the From address, on the configuration set, and on the template. */
function send(options: { set?: string; identity?: string; sender?: string; action?: string; template?: string } = {}) {
  const { set = 'receipts', identity = 'example.com', sender = 'receipts@example.com', action = 'ses:SendEmail', template } = options;
  return {
    action,
    resources: [arn(`identity/${identity}`), arn(`configuration-set/${set}`), ...template ? [arn(`template/${template}`)] : []],
    context: { 'ses:FromAddress': sender },
  };
}

describe('IAM, asked about a role that may send through a stream', () => {
  test.each([
    ['lets it send through this stream from an allowed address', send(), true],
    ['lets it send so by SMTP', send({ action: 'ses:SendRawEmail' }), true],
    ['does not let it send through another stream, be it the default one of the domain', send({ set: 'news' }), false],
    ['does not let it send from another identity', send({ identity: 'example.net' }), false],
    ['does not let it send from another address of the domain', send({ sender: 'ceo@example.com' }), false],
    ['does not let it send bulk mail', send({ action: 'ses:SendBulkEmail', template: 'welcome' }), false],
    ['does not let it answer with bounces', { action: 'ses:SendBounce', resources: [arn('identity/example.com')], context: { 'ses:FromAddress': 'receipts@example.com' } }, false],
    ['does not let it delete the identity', { action: 'ses:DeleteEmailIdentity', resources: [arn('identity/example.com')] }, false],
    ['does not let it pause the stream', { action: 'ses:PutConfigurationSetSendingOptions', resources: [arn('configuration-set/receipts')] }, false],
  ])('%s', async (_, call, allowed) => {
    expect(await isAllowed(setUp().stack, call)).toBe(allowed);
  });

  test.each([
    ['lets it send a template that it was given', 'welcome', true],
    ['does not let it send another template', 'other', false],
  ])('%s', async (_, template, allowed) => {
    const { stack } = setUp({ actions: [SendAction.SEND_BULK_EMAIL], templates: ['welcome'] });
    expect(await isAllowed(stack, send({ action: 'ses:SendBulkEmail', template }))).toBe(allowed);
  });

  test('lets it send through several streams that it was given', async () => {
    const { stack, domain, role } = setUp();
    MailStream.fromConfigurationSetName(stack, 'Alerts', 'alerts').grantSend(role, domain, FROM);
    expect(await Promise.all(['receipts', 'alerts', 'news'].map(set => isAllowed(stack, send({ set }))))).toEqual([true, true, false]);
  });

  test('lets it send through the default stream when the domain grants it', async () => {
    const { stack, domain, role } = setUp();
    domain.grantSend(role, FROM);
    expect(await isAllowed(stack, send({ set: 'news' }))).toBe(true);
  });

  test('lets an operator pause and resume this stream, and no other', async () => {
    const stack = stackIn('eu-west-1');
    const stream: IMailStream = new MailStream(stack, 'Receipts', { configurationSetName: 'receipts' });
    stream.grantPause(new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() }));
    const pause = (set: string) => isAllowed(stack, { action: 'ses:PutConfigurationSetSendingOptions', resources: [arn(`configuration-set/${set}`)] });
    expect([await pause('receipts'), await pause('news')]).toEqual([true, false]);
  });

  test('is asked nothing that AWS could not ask', async () => {
    await expect(isAllowed(setUp().stack, { action: 'ses:SendNothing', resources: [arn('identity/example.com')] })).rejects.toThrow('invalid.action');
  });
});

test('the statement names the identity and the set, and nothing else', () => {
  Template.fromStack(setUp().stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [{
        Effect: 'Allow',
        Action: ['ses:SendEmail', 'ses:SendRawEmail'],
        Resource: [
          { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:identity/', { Ref: Match.stringLikeRegexp('^Mail') }]] },
          { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:configuration-set/', { Ref: Match.stringLikeRegexp('^Receipts') }]] },
        ],
        Condition: { StringLike: { 'ses:FromAddress': ['receipts@example.com'] } },
      }],
    },
  });
});
