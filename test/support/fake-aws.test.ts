/* The fakes refuse what the services refuse, so that the tests which use them prove something. */
import { type Change, ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand, Route53Client, type RRType } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { FakeRoute53 } from './fake-route53';
import { FakeSts } from './fake-sts';

const sts = new FakeSts();
const route53 = new FakeRoute53(sts);
const ZONE_ARN = 'arn:aws:route53:::hostedzone/ZONE';
const LIST = { Effect: 'Allow', Action: 'route53:ListResourceRecordSets', Resource: ZONE_ARN };
const CHANGE = { Effect: 'Allow', Action: 'route53:ChangeResourceRecordSets', Resource: ZONE_ARN };

beforeAll(async () => { await Promise.all([sts.start(), route53.start()]); });
afterAll(async () => { await Promise.all([sts.stop(), route53.stop()]); });
beforeEach(() => {
  sts.reset();
  route53.reset();
  route53.putZone('ZONE', 'example.com', 'www.example.com. 60 A 192.0.2.1', 'held.example.com. 60 TXT "held"', 'a.b.example.com. 60 TXT "x"');
  route53.putZone('OTHER', 'example.net');
});

async function assume(statements: object[] = [LIST, CHANGE], overrides: Partial<AssumeRoleCommandInput> = {}): Promise<Route53Client> {
  const client = new STSClient({ region: 'eu-west-1', endpoint: sts.endpoint, credentials: { accessKeyId: 'x', secretAccessKey: 'y' } });
  const { Credentials: credentials } = await client.send(new AssumeRoleCommand({
    RoleArn: 'arn:aws:iam::222222222222:role/mail-dns',
    RoleSessionName: 'test',
    DurationSeconds: 900,
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    ...overrides,
  }));
  return clientWith(credentials!.AccessKeyId!, credentials!.SessionToken);
}

function clientWith(accessKeyId: string, sessionToken?: string, maxAttempts?: number): Route53Client {
  return new Route53Client({ maxAttempts, region: 'eu-west-1', endpoint: route53.endpoint, credentials: { accessKeyId, secretAccessKey: 'y', sessionToken } });
}

function change(client: Route53Client, ...lines: string[]) {
  const changes = lines.map((line): Change => {
    const [, action, name, ttl, type, value] = /^(\w+) (\S+) (\d+) ([A-Z]+) (.+)$/.exec(line)!;
    return {
      Action: action as Change['Action'],
      ResourceRecordSet: { Name: name, TTL: Number(ttl), Type: type as RRType, ResourceRecords: value.split(' | ').map(Value => ({ Value })) },
    };
  });
  return client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: 'ZONE', ChangeBatch: { Changes: changes } }));
}

describe('Route 53 refuses', () => {
  test.each([
    ['to create what is there', ['CREATE held.example.com 60 TXT "held"'], '[Tried to create resource record set [name=\'held.example.com.\', type=\'TXT\'] but it already exists]'],
    ['to delete other values', ['DELETE held.example.com 60 TXT "other"'], 'but the values provided do not match the current values'],
    ['to delete with another TTL', ['DELETE held.example.com 61 TXT "held"'], 'but the values provided do not match the current values'],
    ['to delete what is not there', ['DELETE gone.example.com 60 TXT "held"'], 'but it was not found'],
    ['a name outside the zone', ['CREATE www.example.org 60 TXT "x"'], 'RRSet with DNS name www.example.org. is not permitted in zone example.com.'],
    ['an alias beside another record', ['CREATE held.example.com 60 CNAME x.example.com'], 'is not permitted as it conflicts with other records with the same DNS name'],
    ['an alias at the apex', ['CREATE example.com 60 CNAME x.example.com'], 'is not permitted at apex in zone example.com.'],
    ['a text without quotation marks', ['CREATE x.example.com 60 TXT v=spf1 -all'], 'Value should be enclosed in quotation marks'],
    ['an MX record without a priority', ['CREATE x.example.com 60 MX mail.example.com'], 'MissingFields'],
  ])('%s, and the whole batch with it', async (_, lines, message) => {
    const before = route53.lines('ZONE');
    await expect(change(await assume(), 'CREATE new.example.com 60 TXT "new"', ...lines)).rejects.toMatchObject({
      name: 'InvalidChangeBatch', message: expect.stringContaining(message), $metadata: { httpStatusCode: 400 },
    });
    expect(route53.lines('ZONE')).toEqual(before);
  });

  test('a session whose policy does not allow the name, the action or the zone', async () => {
    const named = { ...CHANGE, Condition: { 'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['a.example.com'] } } };
    const create = (name: string) => `CREATE ${name} 60 TXT "x"`;
    await change(await assume([named]), create('A.example.com.'));
    for (const client of [await assume([named]), await assume([LIST]), await assume([{ ...CHANGE, Resource: 'arn:aws:route53:::hostedzone/OTHER' }])]) {
      await expect(change(client, create('a.example.com'), create('b.example.com'))).rejects.toMatchObject({
        name: 'AccessDenied',
        message: `User: arn:aws:sts::222222222222:assumed-role/mail-dns/test is not authorized to perform: route53:ChangeResourceRecordSets on resource: ${ZONE_ARN} ` +
          'because no session policy allows the route53:ChangeResourceRecordSets action',
      });
    }
    await expect((await assume([CHANGE])).send(new ListResourceRecordSetsCommand({ HostedZoneId: 'ZONE' }))).rejects.toThrow('ListResourceRecordSets');
  });

  test('a name that a pattern does not cover', async () => {
    const below = { ...CHANGE, Condition: { 'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['*.b.example.com'] } } };
    await change(await assume([below]), 'CREATE c.b.example.com 60 TXT "x"');
    await expect(change(await assume([below]), 'CREATE cb.example.com 60 TXT "x"')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('a stranger, a token of another session, and a zone that does not exist', async () => {
    await expect(change(clientWith('stranger'), 'CREATE x.example.com 60 TXT "x"')).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await assume();
    await expect(change(clientWith([...sts.sessions.keys()][0], 'stolen'), 'CREATE x.example.com 60 TXT "x"')).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    route53.deleteZone('ZONE');
    await expect(change(await assume(), 'CREATE x.example.com 60 TXT "x"')).rejects.toMatchObject({ name: 'NoSuchHostedZone' });
  });
});

test('Route 53 knows the function itself by its own key alone, and tells what IAM is asked about it', async () => {
  const own = clientWith('AKIAFAKE');
  await expect(change(own, 'CREATE x.example.com 60 TXT "x"')).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  route53.ownKey = 'AKIAFAKE';
  await change(own, 'CREATE X.example.com. 60 TXT "x"');
  expect(route53.accesses).toEqual([{
    action: 'route53:ChangeResourceRecordSets',
    resource: ZONE_ARN,
    keys: {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['x.example.com'],
      'route53:ChangeResourceRecordSetsRecordTypes': ['TXT'],
      'route53:ChangeResourceRecordSetsActions': ['CREATE'],
    },
  }]);
  await expect(change(clientWith('AKIAOTHER'), 'CREATE y.example.com 60 TXT "x"')).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
});

test.each(['before', 'after'] as const)('a call that breaks %s it is carried out has no answer, and its effect or none', async when => {
  route53.ownKey = 'AKIAFAKE';
  route53.breaks = () => ({ how: 'reset', when });
  await expect(change(clientWith('AKIAFAKE', undefined, 1), 'CREATE x.example.com 60 TXT "x"')).rejects.toThrow('socket hang up');
  expect(route53.lines('ZONE').some(line => line.startsWith('x.'))).toBe(when === 'after');
});

test('Route 53 lists in the order of reversed names, from where it is told', async () => {
  const client = await assume();
  const list = async (input: object) => (await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'ZONE', ...input }))).ResourceRecordSets!.map(set => set.Name);
  expect(await list({})).toEqual(['a.b.example.com.', 'held.example.com.', 'www.example.com.']);
  expect(await list({ StartRecordName: 'c.example.com', MaxItems: 1 })).toEqual(['held.example.com.']);
  expect(await list({ StartRecordName: 'held.example.com', StartRecordType: 'TXT', MaxItems: 1 })).toEqual(['held.example.com.']);
  expect(await list({ StartRecordName: 'zzz.example.com' })).toEqual([]);
});

test('Route 53 puts another record set in the place of one that the same batch deletes, and overwrites with UPSERT', async () => {
  const client = await assume();
  await change(client, 'DELETE held.example.com 60 TXT "held"', 'CREATE held.example.com 60 TXT "new"', 'UPSERT www.example.com 60 A 192.0.2.2');
  expect(route53.lines('ZONE')).toEqual(['a.b.example.com. 60 TXT "x"', 'held.example.com. 60 TXT "new"', 'www.example.com. 60 A 192.0.2.2']);
});

test.each([
  ['a policy above 2048 characters', { Policy: `{"Statement":[]${' '.repeat(2048)}}` }, 'Member must have length less than or equal to 2048'],
  ['a policy that is no JSON', { Policy: '{' }, 'it is not JSON'],
  ['a policy with what it would not heed', { Policy: '{"Statement":[{"Effect":"Deny"}]}' }, 'Deny'],
  ['a session of a minute', { DurationSeconds: 60 }, 'between 900 and 43200'],
  ['a session name with a blank', { RoleSessionName: 'a b' }, 'roleSessionName'],
])('STS refuses %s', async (_, overrides, message) => {
  await expect(assume([], overrides)).rejects.toThrow(message);
});
