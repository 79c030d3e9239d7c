/* The use cases of the SES guide: rules as they are deployed, asked by the evaluator, with the gates' own handler behind them. */
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { Deliver, type MailRuleOptions, Recipient, VerifiedDomain } from '../../src';
import { DmarcMeasure, Gate, MailMatch, Verdict } from '../../src/gates';
import { GATE_VARIABLE } from '../../src/gates/gate-constants';
import { handler } from '../../src/gates/gate.lambda';
import type { ReceivedMail } from '../../src/inbox/received-mail';
import { receiveMail } from '../../src/receipt/receive-mail';
import { templateRules } from '../../src/receipt/template-rules';
import { MailRule } from '../../src/receiving/mail-rule';
import { FakeSesReceiving } from '../support/fake-ses-receiving';
import { captureMetrics } from '../support/metric-log';
import { stackIn } from '../support/stacks';

const ses = new FakeSesReceiving();
beforeAll(async () => {
  await ses.start();
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAFAKE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_ENDPOINT_URL_SES: ses.endpoint });
});
afterAll(() => ses.stop());
beforeEach(() => {
  ses.reset();
  captureMetrics();
});
afterEach(() => jest.restoreAllMocks());

const at = (address: string) => [Recipient.address(address)];
const domain = (name: string) => [Recipient.domain(name)];

/** What rules are made of. */
function things(stack: Stack) {
  const work = lambda.Function.fromFunctionAttributes(stack, 'Work', { functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:work', sameEnvironment: true });
  return {
    work: Deliver.toFunction(work),
    store: (id: string) => Deliver.toBucket(new Bucket(stack, `${id}Bucket`)),
    identity: VerifiedDomain.fromDomainName(stack, 'Identity', 'example.com'),
    bucket: new Bucket(stack, 'Quarantine'),
  };
}

interface Resource {
  readonly Properties?: { readonly Environment?: { readonly Variables: Record<string, string> } };
}

/** Rules in their order, and what becomes of mail: the actions that run, by rule. */
function inbox(make: (given: ReturnType<typeof things>) => Record<string, MailRuleOptions>) {
  const stack = stackIn('eu-west-1');
  const ruleSet = new ReceiptRuleSet(stack, 'Set', { receiptRuleSetName: 'inbound' });
  let after: string | undefined;
  for (const [ruleName, options] of Object.entries(make(things(stack)))) {
    after = new MailRule(stack, ruleName, { ...options, ruleSet, ruleName, after }).ruleRef;
  }
  const template = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
  const rules = templateRules(template);
  return async (recipient: string, received: { mail?: object; receipt?: Partial<Record<keyof ReceivedMail['receipt'], unknown>> } = {}): Promise<Record<string, string[]>> => {
    const mail = { timestamp: new Date().toISOString(), messageId: 'message', ...received.mail };
    ses.received.set('message', new Date());
    ses.identities.add('example.com');
    const { rules: traces } = await receiveMail({
      rules,
      recipients: [recipient],
      received: { ...received, mail },
      invoke: (id, event) => {
        const settings = template.Resources[id]?.Properties?.Environment?.Variables[GATE_VARIABLE];
        if (settings === undefined) return undefined;
        process.env[GATE_VARIABLE] = settings;
        return handler(event, { getRemainingTimeInMillis: () => 20_000 });
      },
    });
    return Object.fromEntries(traces.filter(({ actions }) => actions.length > 0).map(({ rule, actions }) => [rule, actions.map(({ type }) => type)]));
  };
}

const SPAM = { receipt: { spamVerdict: { status: 'FAIL' } } };
const subject = (text: string) => ({ mail: { commonHeaders: { subject: text } } });

test('1: spam for all domains is dropped, other mail is not', async () => {
  const receive = inbox(({ work }) => ({ Spam: Gate.dropSpam(), One: { recipients: domain('example1.com'), actions: [work] }, Two: { recipients: domain('example2.com'), actions: [work] } }));
  expect(await receive('a@example1.com')).toEqual({ Spam: ['Lambda'], One: ['Lambda'] });
  expect(await receive('a@example2.com')).toEqual({ Spam: ['Lambda'], Two: ['Lambda'] });
  for (const verdicts of [SPAM, { receipt: { virusVerdict: { status: 'FAIL' } } }]) expect(await receive('a@example1.com', verdicts)).toEqual({ Spam: ['Lambda'] });
  for (const verdicts of [{ receipt: { spfVerdict: { status: 'FAIL' } } }, { receipt: { spamVerdict: { status: 'GRAY' } } }]) expect(await receive('a@example1.com', verdicts)).toHaveProperty('One');
});

test('2: spam is bounced, but for what would hit somebody else; other mail goes on', async () => {
  const receive = inbox(({ work, identity }) => ({ Spam: Gate.bounceSpam({ identity }), One: { recipients: domain('example1.com'), actions: [work] } }));
  expect(await receive('a@example1.com')).toEqual({ Spam: ['Lambda'], One: ['Lambda'] });
  expect(await receive('a@example1.com', SPAM)).toEqual({ Spam: ['Lambda', 'Bounce', 'Stop'] });
  expect(await receive('a@example1.com', { receipt: { ...SPAM.receipt, spfVerdict: { status: 'FAIL' } } })).toEqual({ Spam: ['Lambda'] });
});

test('2, with a bucket in place of the bounce: spam is kept, other mail goes on', async () => {
  const receive = inbox(({ work, bucket }) => ({ Spam: Gate.quarantine(bucket), One: { recipients: domain('example1.com'), actions: [work] } }));
  expect(await receive('a@example1.com')).toEqual({ Spam: ['Lambda'], One: ['Lambda'] });
  expect(await receive('a@example1.com', SPAM)).toEqual({ Spam: ['Lambda', 'S3', 'Stop'] });
});

test('3: the most specific rule alone works on mail, and gates stand before', async () => {
  const receive = inbox(({ work, store }) => ({
    Spam: Gate.dropSpam(), User: { recipients: at('user@example.com'), actions: [work, Deliver.stop()] }, Domain: { recipients: domain('example.com'), actions: [store('All')] },
  }));
  expect(await receive('user@example.com')).toEqual({ Spam: ['Lambda'], User: ['Lambda', 'Stop'] });
  expect(await receive('other@example.com')).toEqual({ Spam: ['Lambda'], Domain: ['S3'] });
});

test('4: all mail is logged, and handled as if it was not', async () => {
  const receive = inbox(({ store }) => ({ Audit: Gate.auditLog({ recipients: domain('example.com') }), All: { recipients: domain('example.com'), actions: [store('All')] } }));
  expect(await receive('user@example.com', SPAM)).toEqual({ Audit: ['Lambda'], All: ['S3'] });
});

test('5: all mail is kept, and only authenticated mail is worked on', async () => {
  const receive = inbox(({ work, store }) => ({
    Keep: { recipients: domain('example.com'), actions: [store('All')] },
    Authentication: Gate.requireAuthentication({ recipients: domain('example.com'), verdicts: [Verdict.DKIM] }),
    Support: { recipients: at('support@example.com'), actions: [work] },
  }));
  expect(await receive('support@example.com')).toEqual({ Keep: ['S3'], Authentication: ['Lambda'], Support: ['Lambda'] });
  for (const status of ['FAIL', 'GRAY', 'PROCESSING_FAILED']) {
    expect(await receive('support@example.com', { receipt: { dkimVerdict: { status } } })).toEqual({ Keep: ['S3'], Authentication: ['Lambda'] });
  }
});

test('6: mail with a word in its subject is dropped, the rest goes two ways', async () => {
  const receive = inbox(({ work, store }) => ({
    Filter: Gate.dropMatching(MailMatch.subjectContains('discount'), { recipients: domain('example.com') }),
    Support: { recipients: at('support@example.com'), actions: [store('Support'), work, Deliver.stop()] },
    Rest: { recipients: domain('example.com'), actions: [store('Rest'), work] },
  }));
  expect(await receive('support@example.com', subject('A DISCOUNT for you'))).toEqual({ Filter: ['Lambda'] });
  expect(await receive('support@example.com')).toEqual({ Filter: ['Lambda'], Support: ['S3', 'Lambda', 'Stop'] });
  expect(await receive('else@example.com')).toEqual({ Filter: ['Lambda'], Rest: ['S3', 'Lambda'] });
});

test('example 2: something is done with mail that has a header, and later rules see all of it', async () => {
  const receive = inbox(({ work, store }) => ({ Header: Gate.onlyMatching(MailMatch.headerIs('X-Header', 'X-Value'), [work]), All: { actions: [store('All')] } }));
  expect(await receive('a@example.com')).toEqual({ Header: ['Lambda'], All: ['S3'] });
  expect(await receive('a@example.com', { mail: { headers: [{ name: 'X-Header', value: 'X-Value' }] } })).toEqual({ Header: ['Lambda', 'Lambda'], All: ['S3'] });
});

describe('example 4: mail that fails DMARC', () => {
  const failed = (dmarcPolicy: string) => ({ receipt: { dmarcVerdict: { status: 'FAIL' }, dmarcPolicy } });

  test('is bounced when its domain wants it rejected, and else handled as usual', async () => {
    const receive = inbox(({ work, identity }) => ({
      Dmarc: Gate.enforceDmarc({ reject: DmarcMeasure.bounce({ identity }) }), All: { actions: [work] },
    }));
    expect(await receive('a@example.com', failed('reject'))).toEqual({ Dmarc: ['Lambda'] });
    expect(ses.bounces).toEqual([expect.objectContaining({ OriginalMessageId: 'message', BounceSender: 'mailer-daemon@example.com' })]);
    for (const mail of [failed('quarantine'), failed('none'), { receipt: { dmarcVerdict: { status: 'GRAY' } } }, {}]) {
      expect(await receive('a@example.com', mail)).toEqual({ Dmarc: ['Lambda'], All: ['Lambda'] });
    }
    expect(ses.bounces).toHaveLength(1);
  });

  test('is stored when its domain wants it quarantined', async () => {
    const receive = inbox(({ work, bucket }) => ({ Dmarc: Gate.enforceDmarc({ quarantine: DmarcMeasure.store(bucket) }), All: { actions: [work] } }));
    expect(await receive('a@example.com', failed('quarantine'))).toEqual({ Dmarc: ['Lambda', 'S3', 'Stop'] });
    expect(await receive('a@example.com', failed('reject'))).toEqual({ Dmarc: ['Lambda'] });
    expect(await receive('a@example.com')).toEqual({ Dmarc: ['Lambda'], All: ['Lambda'] });
  });
});

test('who is exempt passes every gate', async () => {
  const exempt = [MailMatch.recipient(Recipient.address('postmaster@example.com'))];
  const receive = inbox(({ work, bucket, identity }) => ({
    Drop: Gate.dropSpam({ exempt }),
    Bounce: Gate.bounceSpam({ identity, exempt }),
    Keep: Gate.quarantine(bucket, { exempt }),
    All: { actions: [work] },
  }));
  expect(await receive('postmaster@example.com', SPAM)).toEqual({ Drop: ['Lambda'], Bounce: ['Lambda'], Keep: ['Lambda'], All: ['Lambda'] });
});
