/* The fake of SES v1 refuses what SES refuses, so that the tests which use it prove something. */
import { type ReceiptAction, type ReceiptRule, SES, type SendBounceCommandInput } from '@aws-sdk/client-ses';
import { Refusal } from './fake-service';
import { FakeSesReceiving } from './fake-ses-receiving';

const fake = new FakeSesReceiving();
let ses: SES;

beforeAll(async () => {
  await fake.start();
  ses = new SES({ region: 'eu-west-1', endpoint: fake.endpoint, credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 });
});
afterAll(() => fake.stop());
beforeEach(() => {
  fake.reset();
  fake.put('mail');
});

const create = (rule: Partial<ReceiptRule>, After?: string) => ses.createReceiptRule({ RuleSetName: 'mail', After, Rule: { Name: 'rule', ...rule } });
const names = async () => (await ses.describeReceiptRuleSet({ RuleSetName: 'mail' })).Rules!.map(({ Name }) => Name);
const stop: ReceiptAction = { StopAction: { Scope: 'RuleSet' } };
const header: ReceiptAction = { AddHeaderAction: { HeaderName: 'X-Test', HeaderValue: '1 < 2 & "3"' } };

describe('rule sets', () => {
  test('one at most is active, and that one cannot be deleted', async () => {
    await ses.createReceiptRuleSet({ RuleSetName: 'other' });
    expect((await ses.describeActiveReceiptRuleSet({})).Metadata).toBeUndefined();
    await ses.setActiveReceiptRuleSet({ RuleSetName: 'mail' });
    await ses.setActiveReceiptRuleSet({ RuleSetName: 'other' });
    expect((await ses.describeActiveReceiptRuleSet({})).Metadata).toMatchObject({ Name: 'other', CreatedTimestamp: expect.any(Date) });
    await expect(ses.deleteReceiptRuleSet({ RuleSetName: 'other' })).rejects.toMatchObject({
      name: 'CannotDeleteException', message: 'Cannot delete active rule set: other', $metadata: { httpStatusCode: 400 },
    });
    await ses.setActiveReceiptRuleSet({});
    expect((await ses.describeActiveReceiptRuleSet({})).Metadata).toBeUndefined();
    await ses.deleteReceiptRuleSet({ RuleSetName: 'other' });
    await ses.deleteReceiptRuleSet({ RuleSetName: 'other' });
    expect((await ses.listReceiptRuleSets({})).RuleSets!.map(({ Name }) => Name)).toEqual(['mail']);
    expect(fake.activations).toEqual(['mail', 'other', undefined]);
  });

  test('a copy has the rules of its original, and goes its own way', async () => {
    await create({ Actions: [header, stop] });
    await ses.cloneReceiptRuleSet({ OriginalRuleSetName: 'mail', RuleSetName: 'copy' });
    await ses.deleteReceiptRule({ RuleSetName: 'mail', RuleName: 'rule' });
    const { Rules } = await ses.describeReceiptRuleSet({ RuleSetName: 'copy' });
    expect(Rules).toEqual([{ Name: 'rule', Enabled: false, ScanEnabled: false, TlsPolicy: 'Optional', Actions: [header, stop] }]);
  });

  test('an order names every rule, once', async () => {
    for (const Name of ['c', 'b', 'a']) await create({ Name });
    const reorder = (...RuleNames: string[]) => ses.reorderReceiptRuleSet({ RuleSetName: 'mail', RuleNames });
    await reorder('b', 'c', 'a');
    expect(await names()).toEqual(['b', 'c', 'a']);
    await expect(reorder('a', 'a')).rejects.toThrow('Multiple positions found for rule: a');
    await expect(reorder('a')).rejects.toThrow('Positions for rules not found: b, c');
    await expect(reorder('a', 'b', 'c', 'd')).rejects.toMatchObject({ name: 'RuleDoesNotExistException' });
    await expect(reorder()).rejects.toThrow('Positions for rules not found: b, c, a');
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['AlreadyExistsException', 'Rule set already exists: mail', () => ses.createReceiptRuleSet({ RuleSetName: 'mail' })],
    ['AlreadyExistsException', 'Rule set already exists: mail', () => ses.cloneReceiptRuleSet({ OriginalRuleSetName: 'gone', RuleSetName: 'mail' })],
    ['RuleSetDoesNotExistException', 'Rule set does not exist: gone', () => ses.cloneReceiptRuleSet({ OriginalRuleSetName: 'gone', RuleSetName: 'new' })],
    ['RuleSetDoesNotExistException', 'Rule set does not exist: gone', () => ses.setActiveReceiptRuleSet({ RuleSetName: 'gone' })],
    ['RuleSetDoesNotExistException', 'Rule set does not exist: gone', () => ses.describeReceiptRuleSet({ RuleSetName: 'gone' })],
    ['InvalidParameterValue', 'Not a valid ruleSetName: -mail', () => ses.createReceiptRuleSet({ RuleSetName: '-mail' })],
    ['InvalidParameterValue', `Not a valid ruleSetName: ${'a'.repeat(65)}`, () => ses.deleteReceiptRuleSet({ RuleSetName: 'a'.repeat(65) })],
    ['ValidationError', 'Value at \'ruleSetName\' failed to satisfy constraint: Member must satisfy regular expression', () => ses.setActiveReceiptRuleSet({ RuleSetName: 'a b' })],
  ])('%s: %s', async (name, message, call) => {
    await expect(call()).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    expect([...fake.ruleSets.keys()]).toEqual(['mail']);
  });

  test('there is room for 40', async () => {
    fake.put(...Array.from({ length: 39 }, (_, n) => `set-${n}`));
    await expect(ses.createReceiptRuleSet({ RuleSetName: 'one-more' })).rejects.toMatchObject({ name: 'LimitExceededException' });
  });
});

describe('rules', () => {
  test('without a neighbour a rule comes first', async () => {
    await create({ Name: 'b' });
    await create({ Name: 'a' });
    await create({ Name: 'c' }, 'b');
    expect(await names()).toEqual(['a', 'b', 'c']);
    await ses.setReceiptRulePosition({ RuleSetName: 'mail', RuleName: 'c', After: 'a' });
    expect(await names()).toEqual(['a', 'c', 'b']);
    await ses.setReceiptRulePosition({ RuleSetName: 'mail', RuleName: 'b' });
    await ses.setReceiptRulePosition({ RuleSetName: 'mail', RuleName: 'b', After: 'b' });
    expect(await names()).toEqual(['b', 'a', 'c']);
  });

  test('a change puts the whole rule, at its place', async () => {
    for (const Name of ['b', 'a']) await create({ Name, Enabled: true, ScanEnabled: true, TlsPolicy: 'Require', Recipients: ['a@Example.com', '.example.com', 'A@example.com'], Actions: [stop] });
    expect((await ses.describeReceiptRule({ RuleSetName: 'mail', RuleName: 'b' })).Rule).toEqual({
      Name: 'b', Enabled: true, ScanEnabled: true, TlsPolicy: 'Require', Recipients: ['.example.com', 'a@example.com'], Actions: [stop],
    });
    await ses.updateReceiptRule({ RuleSetName: 'mail', Rule: { Name: 'a' } });
    expect((await ses.describeReceiptRule({ RuleSetName: 'mail', RuleName: 'a' })).Rule).toEqual({ Name: 'a', Enabled: false, ScanEnabled: false, TlsPolicy: 'Optional', Actions: [] });
    expect(await names()).toEqual(['a', 'b']);
  });

  test.each<[string, Partial<ReceiptRule>, string]>([
    ['Rule already exists: held', { Name: 'held' }, 'AlreadyExistsException'],
    ['Not a valid ruleName: rule-', { Name: 'rule-' }, 'InvalidParameterValue'],
    ['Value at \'rule.name\' failed to satisfy constraint: Member must not be null', { Name: undefined, Enabled: true }, 'ValidationError'],
    ['Member must satisfy enum value set: [Optional, Require]', { TlsPolicy: 'Perhaps' as 'Optional' }, 'ValidationError'],
    ['Invalid recipient: *@example.com x', { Recipients: ['*@example.com x'] }, 'InvalidParameterValue'],
    ['Invalid recipient: @example.com', { Recipients: ['@example.com'] }, 'InvalidParameterValue'],
    ['Invalid recipient: a..b', { Recipients: ['example.com', 'a..b'] }, 'InvalidParameterValue'],
    ['Too many actions', { Actions: Array(11).fill(header) }, 'LimitExceededException'],
    ['Exactly one action type must be specified', { Actions: [{ ...stop, ...header }] }, 'InvalidParameterValue'],
    ['Stop action, if any, must be placed at the end', { Actions: [stop, header] }, 'InvalidParameterValue'],
    ['2 validation errors detected: Value at \'rule.actions.2.member.bounceAction.message\'', { Actions: [header, { BounceAction: { SmtpReplyCode: '550', Message: undefined, Sender: undefined } }] }, 'ValidationError'],
    ['\'rule.actions.1.member.s3Action.bucketName\'', { Actions: [{ S3Action: { BucketName: undefined, ObjectKeyPrefix: 'x' } }] }, 'ValidationError'],
    ['Could not write to bucket: closed', { Actions: [{ S3Action: { BucketName: 'closed' } }] }, 'InvalidS3ConfigurationException'],
    ['Could not publish to SNS topic: arn:aws:sns:closed', { Actions: [{ StopAction: { Scope: 'RuleSet', TopicArn: 'arn:aws:sns:closed' } }] }, 'InvalidSnsTopicException'],
    ['Invalid SNS topic: closed', { Actions: [{ SNSAction: { TopicArn: 'closed' } }] }, 'InvalidSnsTopicException'],
    ['Could not invoke Lambda function: arn:aws:lambda:closed', { Actions: [{ LambdaAction: { FunctionArn: 'arn:aws:lambda:closed' } }] }, 'InvalidLambdaFunctionException'],
    ['Invalid Lambda function: closed', { Actions: [{ LambdaAction: { FunctionArn: 'closed' } }] }, 'InvalidLambdaFunctionException'],
    ['[Event, RequestResponse]', { Actions: [{ LambdaAction: { FunctionArn: 'arn:aws:lambda:x', InvocationType: 'Now' as 'Event' } }] }, 'ValidationError'],
    ['Invalid header name: X Test', { Actions: [{ AddHeaderAction: { HeaderName: 'X Test', HeaderValue: '' } }] }, 'InvalidParameterValue'],
    ['Invalid header value', { Actions: [{ AddHeaderAction: { HeaderName: 'X-Test', HeaderValue: 'a\r\nb' } }] }, 'InvalidParameterValue'],
    ['Invalid SMTP reply code: 55', { Actions: [{ BounceAction: { SmtpReplyCode: '55', Message: 'no', Sender: 'a@example.com' } }] }, 'InvalidParameterValue'],
    ['Identity is not verified: a@example.net', { Actions: [{ BounceAction: { SmtpReplyCode: '550', Message: 'no', Sender: 'a@example.net' } }] }, 'InvalidParameterValue'],
  ])('refused: %s', async (message, rule, name) => {
    ['closed', 'arn:aws:sns:closed', 'arn:aws:lambda:closed'].forEach(target => fake.closed.add(target));
    fake.identities.add('example.com');
    await create({ Name: 'held', Actions: [{ BounceAction: { SmtpReplyCode: '550', Message: 'no', Sender: 'a@b.example.com' } }] });
    await expect(create(rule)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    if (rule.Name === undefined || rule.Name === 'held') return;
    await expect(ses.updateReceiptRule({ RuleSetName: 'mail', Rule: { Name: 'held', ...rule } })).rejects.toBeDefined();
    expect(await names()).toEqual(['held']);
  });

  test('one that does not exist cannot be found or stand before another, and can be deleted', async () => {
    await expect(create({}, 'gone')).rejects.toMatchObject({ name: 'RuleDoesNotExistException', message: 'Rule does not exist: gone' });
    await expect(ses.updateReceiptRule({ RuleSetName: 'mail', Rule: { Name: 'gone' } })).rejects.toMatchObject({ name: 'RuleDoesNotExistException' });
    await expect(ses.describeReceiptRule({ RuleSetName: 'mail', RuleName: 'gone' })).rejects.toMatchObject({ name: 'RuleDoesNotExistException' });
    await expect(ses.describeReceiptRule({ RuleSetName: 'gone', RuleName: 'gone' })).rejects.toMatchObject({ name: 'RuleSetDoesNotExistException' });
    await ses.deleteReceiptRule({ RuleSetName: 'mail', RuleName: 'gone' });
    await expect(ses.deleteReceiptRule({ RuleSetName: 'gone', RuleName: 'gone' })).rejects.toMatchObject({ name: 'RuleSetDoesNotExistException' });
  });

  test('there is room for 200', async () => {
    fake.ruleSets.get('mail')!.rules = Array.from({ length: 200 }, (_, n) => ({ Name: `rule-${n}` }));
    await expect(create({})).rejects.toMatchObject({ name: 'LimitExceededException', message: 'Too many rules' });
  });
});

describe('IP filters', () => {
  const filter = (Name: string, Cidr: string, Policy: 'Allow' | 'Block' = 'Block') => ses.createReceiptFilter({ Filter: { Name, IpFilter: { Policy, Cidr } } });

  test('are listed by name, and deleted as often as one likes', async () => {
    await filter('b', '10.0.0.1/24');
    await filter('a', '2001:db8::/32', 'Allow');
    expect((await ses.listReceiptFilters({})).Filters!.map(({ Name, IpFilter }) => `${Name} ${IpFilter!.Policy} ${IpFilter!.Cidr}`)).toEqual(['a Allow 2001:db8::/32', 'b Block 10.0.0.1/24']);
    for (const FilterName of ['a', 'a', 'b']) await ses.deleteReceiptFilter({ FilterName });
    expect((await ses.listReceiptFilters({})).Filters).toEqual([]);
  });

  test.each<[string, string, string, string]>([
    ['Filter already exists: held', 'held', '10.0.0.0/8', 'Allow'],
    ['Not a valid filterName: a b', 'a b', '10.0.0.0/8', 'Block'],
    ['Invalid CIDR block: 10.0.0.0/33', 'new', '10.0.0.0/33', 'Block'],
    ['Invalid CIDR block: 10.0.0/24', 'new', '10.0.0/24', 'Block'],
    ['Invalid CIDR block: ::ffff:192.0.2.1', 'new', '::ffff:192.0.2.1', 'Block'],
    ['Invalid CIDR block: 2001:db8::/129', 'new', '2001:db8::/129', 'Block'],
    ['[Allow, Block]', 'new', '10.0.0.0/8', 'Maybe'],
  ])('refused: %s', async (message, name, cidr, policy) => {
    await filter('held', '10.0.0.0/8');
    await expect(filter(name, cidr, policy as 'Allow')).rejects.toThrow(message);
    expect([...fake.filters.keys()]).toEqual(['held']);
  });

  test('there is room for 100', async () => {
    for (let n = 0; n < 100; n++) fake.filters.set(`${n}`, {} as never);
    await expect(filter('new', '10.0.0.0/8')).rejects.toMatchObject({ name: 'LimitExceededException', message: 'Too many filters' });
  });
});

describe('a bounce', () => {
  const bounce = (input: Partial<SendBounceCommandInput> = {}) => ses.sendBounce({
    OriginalMessageId: 'received', BounceSender: 'mailer-daemon@example.com', BouncedRecipientInfoList: [{ Recipient: 'a@example.com', BounceType: 'ContentRejected' }], ...input,
  });
  beforeEach(() => {
    fake.identities.add('example.com');
    fake.received.set('received', new Date()).set('old', new Date(Date.now() - 25 * 3_600_000));
  });

  test('is sent for a message that SES has received', async () => {
    const dsn = { Action: 'failed' as const, Status: '5.1.1', LastAttemptDate: new Date(0), ExtensionFields: [{ Name: 'X', Value: 'y' }] };
    const input = {
      Explanation: 'no', MessageDsn: { ReportingMta: 'dns; example.com', ArrivalDate: new Date(0) }, BouncedRecipientInfoList: [{ Recipient: 'a@example.com', RecipientDsnFields: dsn }],
    };
    expect((await bounce(input)).MessageId).toBe('bounce-1');
    expect(fake.bounces).toEqual([{ OriginalMessageId: 'received', BounceSender: 'mailer-daemon@example.com', ...input }]);
  });

  test.each<[string, Partial<SendBounceCommandInput>, string]>([
    ['an unknown message', { OriginalMessageId: 'unknown' }, 'MessageRejected'],
    ['a message of yesterday', { OriginalMessageId: 'old' }, 'MessageRejected'],
    ['a sender that is not verified', { BounceSender: 'mailer-daemon@example.net' }, 'MessageRejected'],
    ['nobody', { BouncedRecipientInfoList: [] }, 'InvalidParameterValue'],
    ['no reason', { BouncedRecipientInfoList: [{ Recipient: 'a@example.com' }] }, 'InvalidParameterValue'],
    ['two reasons', { BouncedRecipientInfoList: [{ Recipient: 'a@example.com', BounceType: 'Undefined', RecipientDsnFields: { Action: 'failed', Status: '5.0.0' } }] }, 'InvalidParameterValue'],
    ['an unknown reason', { BouncedRecipientInfoList: [{ Recipient: 'a@example.com', BounceType: 'Rude' as 'Undefined' }] }, 'ValidationError'],
    ['no sender', { BounceSender: undefined }, 'ValidationError'],
  ])('is refused for %s', async (_, input, name) => {
    await expect(bounce(input)).rejects.toMatchObject({ name });
    expect(fake.bounces).toEqual([]);
  });
});

describe('the wire', () => {
  const post = async (form: Record<string, string>, service = 'ses') => {
    const authorization = `AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host`;
    const response = await fetch(fake.endpoint, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ Version: '2010-12-01', ...form }) });
    return `${response.status} ${/<Code>(.*)<\/Message>/.exec(await response.text())?.[1].replace('</Code><Message>', ': ')}`;
  };

  test.each<[string, Record<string, string>]>([
    ['400 InvalidAction: Could not find operation SendEmail for version 2010-12-01', { Action: 'SendEmail' }],
    ['400 InvalidAction: Could not find operation ListReceiptFilters for version 2019-09-27', { Action: 'ListReceiptFilters', Version: '2019-09-27' }],
    ['400 MalformedInput: Unexpected member RuleSet', { Action: 'CreateReceiptRuleSet', RuleSetName: 'new', RuleSet: 'new' }],
    ['400 MalformedInput: Unexpected member Rule.Actions.member.3.StopAction.Scope', {
      'Action': 'CreateReceiptRule', 'RuleSetName': 'mail', 'Rule.Name': 'rule', 'Rule.Actions.member.1.StopAction.Scope': 'RuleSet', 'Rule.Actions.member.3.StopAction.Scope': 'RuleSet',
    }],
    ['400 MalformedInput: Unexpected member Rule.Actions.member.1.StopAction.Range', {
      'Action': 'CreateReceiptRule', 'RuleSetName': 'mail', 'Rule.Name': 'rule', 'Rule.Actions.member.1.StopAction.Scope': 'RuleSet', 'Rule.Actions.member.1.StopAction.Range': 'x',
    }],
    ['400 MalformedInput: rule.enabled is no boolean: yes', { 'Action': 'CreateReceiptRule', 'RuleSetName': 'mail', 'Rule.Name': 'rule', 'Rule.Enabled': 'yes' }],
    ['400 ValidationError: 2 validation errors detected: Value at \'ruleSetName\' failed to satisfy constraint: Member must not be null; ' +
      'Value at \'rule\' failed to satisfy constraint: Member must not be null', { Action: 'CreateReceiptRule' }],
  ])('%s', async (answer, form) => {
    expect(await post(form)).toBe(answer);
    expect(fake.ruleSets.get('mail')!.rules).toEqual([]);
    expect([...fake.ruleSets.keys()]).toEqual(['mail']);
  });

  test('a signature for another service', async () => {
    expect(await post({ Action: 'ListReceiptFilters' }, 'sns')).toBe('403 SignatureDoesNotMatch: Credential should be scoped to correct service: \'ses\'.');
    expect(await post({ Action: 'ListReceiptFilters' })).toBe('200 undefined');
  });
});

describe('when a test asks for it', () => {
  afterEach(() => { jest.restoreAllMocks(); });

  test('each operation takes one call a second', async () => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000);
    fake.throttles = true;
    await ses.describeActiveReceiptRuleSet({});
    await ses.listReceiptRuleSets({});
    await expect(ses.describeActiveReceiptRuleSet({})).rejects.toMatchObject({ name: 'Throttling', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } });
    now.mockReturnValue(1_800_000_001_000);
    await ses.describeActiveReceiptRuleSet({});
  });

  test('what is carried out is answered with a failure', async () => {
    fake.lostAnswers.push('SetActiveReceiptRuleSet');
    await expect(ses.setActiveReceiptRuleSet({ RuleSetName: 'mail' })).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    expect(fake.active).toBe('mail');
    await ses.setActiveReceiptRuleSet({});
  });

  test('a call is refused, and nothing is carried out', async () => {
    fake.refuseNext(1, new Refusal(400, 'Throttling', 'Rate exceeded'), 'SetActiveReceiptRuleSet');
    await expect(ses.setActiveReceiptRuleSet({ RuleSetName: 'mail' })).rejects.toThrow('Rate exceeded');
    expect(fake.active).toBeUndefined();
  });

  test('a look shows what was active before', async () => {
    fake.lag = 2;
    await ses.setActiveReceiptRuleSet({ RuleSetName: 'mail' });
    const looks = [];
    for (let n = 0; n < 3; n++) looks.push((await ses.describeActiveReceiptRuleSet({})).Metadata?.Name);
    expect(looks).toEqual([undefined, undefined, 'mail']);
  });
});
