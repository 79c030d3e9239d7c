/* The handler as it is deployed, with the real SDK and over the real wire, against services that are fakes. */
import { handler } from '../../src/dns/route53-in-account.lambda';
import { type CustomResourceRequest, FakeCloudFormation } from '../support/fake-cloudformation';
import { FakeRoute53 } from '../support/fake-route53';
import { type Breakage, Refusal } from '../support/fake-service';
import { FAKE_SECRET, FakeSts } from '../support/fake-sts';
import { hurry } from '../support/hurry';

const sts = new FakeSts();
const route53 = new FakeRoute53(sts);
const cloudFormation = new FakeCloudFormation();
const services = [sts, route53, cloudFormation];
let log: jest.SpyInstance;

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: `${FAKE_SECRET}-of-the-function`,
    AWS_ENDPOINT_URL_STS: sts.endpoint,
    AWS_ENDPOINT_URL_ROUTE_53: route53.endpoint,
  });
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });

beforeEach(() => {
  services.forEach(service => service.reset());
  route53.putZone('ZONE', 'example.com', WWW);
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => {
  const said = [...log.mock.calls.flat(), ...cloudFormation.bodies].join('\n');
  jest.restoreAllMocks();
  expect(said).not.toContain(FAKE_SECRET);
});

const WWW = 'www.example.com. 60 A 192.0.2.1';
const DKIM = 'key._domainkey.example.com. 1800 CNAME key.dkim.amazonses.com';
const MX = 'bounce.example.com. 1800 MX 10 feedback-smtp.eu-west-1.amazonses.com';
const SPF = 'bounce.example.com. 1800 TXT "v=spf1 include:amazonses.com ~all"';
const DMARC = '_dmarc.example.com. 1800 TXT "v=DMARC1;p=none"';
const STRICTER = '_dmarc.example.com. 1800 TXT "v=DMARC1;p=reject"';
const FOREIGN = '_dmarc.example.com. 300 TXT "v=DMARC1;p=quarantine"';
const BIMI = 'default._bimi.example.com. 1800 TXT "v=BIMI1;l=https://example.com/logo.svg"';
const ALL = [DKIM, MX, SPF, DMARC];

/** What the template tells the handler, from lines like those above. */
function properties(lines: string[], zone = 'ZONE', roleArn = 'arn:aws:iam::222222222222:role/mail-dns') {
  const records = lines.map(line => /^(\S+) (\d+) ([A-Z]+) (.+)$/.exec(line)!.slice(1));
  return {
    ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:handler',
    HostedZoneId: zone,
    RoleArn: roleArn,
    Records: records.map(([Name, TTL, Type, value]) => ({ Name, Type, TTL, Values: [value] })),
  };
}

const WILDCARD = '*.example.com. 1800 MX 10 inbound-smtp.eu-west-1.amazonaws.com';

const ID = 'ZONE/mail/MailRecords';
const request = (type: 'Create' | 'Update' | 'Delete', details: CustomResourceRequest) => cloudFormation.request(handler, type, details);
const create = (lines: string[], details = {}) => request('Create', { properties: properties(lines), ...details });
const update = (from: string[], to: string[]) => request('Update', { properties: properties(to), old: properties(from), physicalId: ID });
const remove = (lines: string[], physicalId = ID) => request('Delete', { properties: properties(lines), physicalId });

const zone = (id = 'ZONE') => route53.lines(id).filter(line => line !== WWW);
const notices = () => log.mock.calls.map(([line]) => JSON.parse(line));
const batches = () => route53.calls.filter(call => call === 'ChangeResourceRecordSets').length;
const lines = (...expected: string[]) => [...expected].sort();

describe('Create', () => {
  test('writes all records in one batch and names the zone, the stack and the resource in its ID', async () => {
    expect(await create(ALL)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(zone()).toEqual(lines(...ALL));
    expect(batches()).toBe(1);
    expect(notices()).toEqual([{ notice: 'changed', zone: 'ZONE', changes: expect.arrayContaining(['CREATE TXT _dmarc.example.com.']) }]);
  });

  test.each([['another', FOREIGN], ['the same', DMARC]])('is refused beside a record set with %s value, and so its Delete touches nothing', async (_, held) => {
    route53.put('ZONE', held);
    const answer = await create(ALL);
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('hosted zone ZONE holds TXT _dmarc.example.com., which this stack did not write') });
    expect(batches()).toBe(0);
    expect(await remove(ALL, answer.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: answer.PhysicalResourceId });
    expect(zone()).toEqual([held]);
  });

  test('names every record set that is in its way', async () => {
    route53.putZone('ZONE', 'example.com', MX, FOREIGN);
    expect(await create(ALL)).toMatchObject({ Reason: expect.stringContaining('holds MX bounce.example.com., TXT _dmarc.example.com., which') });
  });

  test('is not irritated by neighbours in the order of the zone', async () => {
    const neighbours = ['_dmarcs.example.com. 60 TXT "x"', 'a._dmarc.example.com. 60 TXT "x"', '_dmarc.example.com. 60 CAA 0 issue "x"', 'example.com. 60 TXT "x"'];
    route53.putZone('ZONE', 'example.com', ...neighbours);
    expect(await create([DMARC])).toMatchObject({ Status: 'SUCCESS' });
    expect(zone()).toEqual(lines(DMARC, ...neighbours));
  });

  test.each([
    ['weighted', '_dmarc.example.com. 1800 TXT#blue "v=DMARC1;p=none"'],
    ['of another case', '_DMARC.Example.com. 1800 TXT "v=DMARC1;p=none"'],
  ])('is refused beside a record set that is %s', async (_, held) => {
    route53.put('ZONE', held);
    expect(await create([DMARC])).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('TXT _dmarc.example.com.') });
  });

  test.each([['as usual', false], ['as the API reference has it', true]])('hands on what Route 53 says of a batch, %s', async (_, byTheReference) => {
    route53.refusesByTheReference = byTheReference;
    route53.put('ZONE', 'bounce.example.com. 60 CNAME example.net');
    const answer = await create(ALL);
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('RRSet of type CNAME with DNS name bounce.example.com. is not permitted') });
    expect(zone()).toEqual(['bounce.example.com. 60 CNAME example.net']);
  });

  test('fails when somebody is quicker, and overwrites nothing', async () => {
    route53.beforeChange = () => route53.put('ZONE', FOREIGN);
    expect(await create(ALL)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining("name='_dmarc.example.com.', type='TXT'] but it already exists") });
    expect(zone()).toEqual([FOREIGN]);
  });

  test.each<Breakage['how']>(['reset', '500'])('a batch whose answer is lost (%s) is the one that the SDK finds when it sends it again', async how => {
    let isLost = false;
    route53.breaks = () => {
      if (isLost || route53.calls.at(-1) !== 'ChangeResourceRecordSets') return undefined;
      isLost = true;
      return { how, when: 'after' };
    };
    expect(await create(ALL)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(batches()).toBe(2);
    expect(zone()).toEqual(lines(...ALL));
  });

  test('takes over nothing that somebody else has written between two tries of a batch that was never carried out', async () => {
    route53.breaks = () => {
      if (batches() !== 1 || route53.calls.at(-1) !== 'ChangeResourceRecordSets') return undefined;
      route53.put('ZONE', FOREIGN);
      return { how: 'reset', when: 'before' };
    };
    expect(await create(ALL)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('but it already exists') });
    expect(zone()).toEqual([FOREIGN]);
  });

  test('fails in a zone that does not exist', async () => {
    expect(await request('Create', { properties: properties(ALL, 'ZGONE') })).toMatchObject({ Status: 'FAILED', Reason: 'No hosted zone found with ID: ZGONE' });
  });

  test('that is delivered again gets the first answer again, since it would be in its own way', async () => {
    const first = await create(ALL, { requestId: 'twice' });
    expect(await create(ALL, { requestId: 'twice' })).toEqual(first);
    expect(batches()).toBe(1);
  });

  test('that CloudFormation gave up before it was answered is taken back by a Delete with an ID that CloudFormation has made up', async () => {
    await create(ALL);
    expect(await remove(ALL, 'mail-MailRecords-1ABCDEF')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'mail-MailRecords-1ABCDEF' });
    expect(zone()).toEqual([]);
  });
});

test('a wildcard, which Route 53 writes in its own way, is created, changed and deleted', async () => {
  const changed = WILDCARD.replace('1800', '60');
  expect(await create([WILDCARD])).toMatchObject({ Status: 'SUCCESS' });
  expect(await update([WILDCARD], [changed])).toMatchObject({ Status: 'SUCCESS' });
  expect(zone()).toEqual([changed]);
  expect(await create([WILDCARD])).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('holds MX *.example.com., which this stack did not write') });
  expect(await remove([changed])).toMatchObject({ Status: 'SUCCESS' });
  expect(zone()).toEqual([]);
});

describe('Update', () => {
  beforeEach(async () => {
    await create(ALL);
    services.forEach(service => { service.calls.length = 0; });
    log.mockClear();
  });

  test('changes what differs, in one batch', async () => {
    expect(await update(ALL, [DKIM, MX, STRICTER, BIMI])).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(zone()).toEqual(lines(DKIM, MX, STRICTER, BIMI));
    expect(batches()).toBe(1);
    expect(notices()[0].changes).toEqual([
      'DELETE TXT bounce.example.com.', 'DELETE TXT _dmarc.example.com.', 'CREATE TXT _dmarc.example.com.', 'CREATE TXT default._bimi.example.com.',
    ]);
  });

  test('changes nothing when it is sent again', async () => {
    await update(ALL, [DKIM, STRICTER, BIMI]);
    expect(await update(ALL, [DKIM, STRICTER, BIMI])).toMatchObject({ Status: 'SUCCESS' });
    expect(batches()).toBe(1);
  });

  test('is taken back by the same with old and new swapped, whether it was done or not', async () => {
    expect(await update([DKIM, BIMI], ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(batches()).toBe(0);
    await update(ALL, [DKIM, BIMI]);
    expect(await update([DKIM, BIMI], ALL)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(zone()).toEqual(lines(...ALL));
  });

  test('is refused when somebody has changed what it is to change; taking it back then succeeds, since nothing was done', async () => {
    route53.put('ZONE', FOREIGN);
    const target = [DKIM, MX, STRICTER, BIMI];
    expect(await update(ALL, target)).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ID, Reason: expect.stringContaining('TXT _dmarc.example.com.') });
    expect(await update(target, ALL)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(batches()).toBe(0);
    expect(zone()).toEqual(lines(DKIM, MX, SPF, FOREIGN));
    expect(await update(ALL, target)).toMatchObject({ Status: 'FAILED' });
  });

  test('goes through once the foreign record is gone', async () => {
    route53.put('ZONE', FOREIGN);
    await update(ALL, [STRICTER]);
    route53.remove('ZONE', 'TXT', '_dmarc.example.com');
    expect(await update(ALL, [STRICTER])).toMatchObject({ Status: 'SUCCESS' });
    expect(await update([STRICTER], ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(zone()).toEqual(lines(...ALL));
  });

  test('leaves alone what somebody has changed when it is about something else, and says so', async () => {
    route53.put('ZONE', FOREIGN);
    expect(await update(ALL, [...ALL, BIMI])).toMatchObject({ Status: 'SUCCESS' });
    expect(zone()).toEqual(lines(DKIM, MX, SPF, FOREIGN, BIMI));
    expect(notices()).toContainEqual({ notice: 'left alone, changed by somebody since', records: ['TXT _dmarc.example.com.'] });
  });

  test('fails when somebody is quicker, and overwrites nothing', async () => {
    route53.beforeChange = () => route53.put('ZONE', FOREIGN);
    expect(await update(ALL, [DKIM, MX, SPF, STRICTER])).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('do not match the current values') });
    expect(zone()).toEqual(lines(DKIM, MX, SPF, FOREIGN));
  });
});

describe('Update to another zone', () => {
  const toOther = () => request('Update', { properties: properties(ALL, 'ZOTHER'), old: properties(ALL), physicalId: ID });

  beforeEach(async () => {
    await create(ALL);
    route53.putZone('ZOTHER', 'example.com');
  });

  test('writes there under a new ID; the Delete that follows clears the old zone', async () => {
    expect(await toOther()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'ZOTHER/mail/MailRecords' });
    expect([zone(), zone('ZOTHER')]).toEqual([lines(...ALL), lines(...ALL)]);
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect([zone(), zone('ZOTHER')]).toEqual([[], lines(...ALL)]);
  });

  test('is taken back by an Update to the first zone, where the records still are; the Delete then clears the other one', async () => {
    await toOther();
    const back = await request('Update', { properties: properties(ALL), old: properties(ALL, 'ZOTHER'), physicalId: 'ZOTHER/mail/MailRecords' });
    expect(back).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    await request('Delete', { properties: properties(ALL, 'ZOTHER'), physicalId: 'ZOTHER/mail/MailRecords' });
    expect([zone(), zone('ZOTHER')]).toEqual([lines(...ALL), []]);
  });

  test('is refused when the other zone holds something else there, keeps its ID, and can be taken back', async () => {
    route53.put('ZOTHER', FOREIGN);
    expect(await toOther()).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ID, Reason: expect.stringContaining('ZOTHER holds TXT _dmarc.example.com.') });
    expect(await request('Update', { properties: properties(ALL), old: properties(ALL, 'ZOTHER'), physicalId: ID })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect([zone(), zone('ZOTHER')]).toEqual([lines(...ALL), [FOREIGN]]);
  });
});

describe('Delete', () => {
  beforeEach(async () => {
    await create(ALL);
    log.mockClear();
  });

  test('removes what was written, and no other', async () => {
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ID });
    expect(route53.lines('ZONE')).toEqual([WWW]);
  });

  test('leaves alone what somebody has changed, and says so', async () => {
    route53.put('ZONE', FOREIGN);
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(zone()).toEqual([FOREIGN]);
    expect(notices()).toContainEqual({ notice: 'left alone, changed by somebody since', records: ['TXT _dmarc.example.com.'] });
  });

  test('leaves alone a record set that somebody has made one of several weighted ones', async () => {
    const weighted = '_dmarc.example.com. 1800 TXT#blue "v=DMARC1;p=none"';
    route53.remove('ZONE', 'TXT', '_dmarc.example.com');
    route53.put('ZONE', weighted);
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(route53.lines('ZONE')).toHaveLength(2);
  });

  test('succeeds when the records are gone, and when it is sent again', async () => {
    route53.remove('ZONE', 'TXT', '_dmarc.example.com');
    await remove(ALL);
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(batches()).toBe(2);
  });

  test('fails when the role does not let it, since the records may still be there', async () => {
    route53.refuseNext(1, new Refusal(403, 'AccessDenied', 'User: x is not authorized'));
    expect(await remove(ALL)).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ID, Reason: 'User: x is not authorized' });
    expect(zone()).toEqual(lines(...ALL));
  });

  test('succeeds when the whole zone is gone', async () => {
    route53.deleteZone('ZONE');
    expect(await remove(ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(notices()).toEqual([{ notice: 'the hosted zone is gone, and the records with it', zone: 'ZONE' }]);
  });
});

describe('the session in the other account', () => {
  test('may list and change this zone, and there only the names of this request', async () => {
    await create([DMARC]);
    expect(JSON.parse(sts.policies[0]).Statement).toEqual([
      { Effect: 'Allow', Action: 'route53:ListResourceRecordSets', Resource: 'arn:aws:route53:::hostedzone/ZONE' },
      {
        Effect: 'Allow',
        Action: 'route53:ChangeResourceRecordSets',
        Resource: 'arn:aws:route53:::hostedzone/ZONE',
        Condition: { 'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['_dmarc.example.com'] } },
      },
    ]);
  });

  test('may change the names of before and of now', async () => {
    await create([DMARC]);
    expect(await update([DMARC], [BIMI])).toMatchObject({ Status: 'SUCCESS' });
  });

  test('may change what lies below the domain when the names are too many for a policy', async () => {
    const many = Array.from({ length: 14 }, (_, index) => `${'long'.repeat(15)}${index}.${'label'.repeat(12)}.example.com. 60 TXT "x"`);
    route53.putZone('ZONE', 'example.com');
    expect(await create(many)).toMatchObject({ Status: 'SUCCESS' });
    expect(zone()).toHaveLength(14);
    expect(sts.policies[0]).toContain(`["${'label'.repeat(12)}.example.com","*.${'label'.repeat(12)}.example.com"]`);
  });

  test('is of the partition of the role', async () => {
    await request('Create', { properties: properties([DMARC], 'ZONE', 'arn:aws-us-gov:iam::222222222222:role/path/mail-dns') });
    expect(zone()).toEqual([DMARC]);
  });
});

describe('patience', () => {
  const denied = new Refusal(403, 'AccessDenied', 'User: arn:aws:sts::111122223333:assumed-role/handler/handler is not authorized to perform: sts:AssumeRole');

  test('a role that does not let us in yet is tried again', async () => {
    sts.refuseNext(2, denied);
    hurry();
    expect(await create(ALL)).toMatchObject({ Status: 'SUCCESS' });
    expect(sts.calls).toHaveLength(3);
  });

  test('a role that never lets us in fails after half a minute with the cure', async () => {
    sts.refuseNext(1_000, denied);
    hurry();
    const started = Date.now();
    expect(await create(ALL)).toMatchObject({
      Status: 'FAILED',
      Reason: 'cannot assume arn:aws:iam::222222222222:role/mail-dns: User: arn:aws:sts::111122223333:assumed-role/handler/handler is not authorized ' +
        'to perform: sts:AssumeRole. Let its trust policy name this stack\'s account or this function\'s role.',
    });
    expect(Date.now() - started).toBeGreaterThan(20_000);
    expect(Date.now() - started).toBeLessThan(60_000);
    expect(sts.calls.length).toBeGreaterThan(5);
  });

  test('another refusal of the role is not repeated', async () => {
    sts.refuseNext(1, new Refusal(400, 'PackedPolicyTooLarge', 'Packed size of session policy consumes 120% of allotted space'));
    expect(await create(ALL)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('Packed size') });
    expect(sts.calls).toHaveLength(1);
  });

  test.each([['Throttling', 'Rate exceeded'], ['PriorRequestNotComplete', 'The request was rejected because Route 53 was still processing a prior request.']])(
    'Route 53 is asked again after %s, and the batch is applied once', async (code, message) => {
      route53.refuseNext(2, new Refusal(400, code, message), 'ListResourceRecordSets');
      route53.refuseNext(3, new Refusal(400, code, message), 'ChangeResourceRecordSets');
      hurry();
      expect(await create(ALL)).toMatchObject({ Status: 'SUCCESS' });
      expect(batches()).toBe(4);
      expect(zone()).toEqual(lines(...ALL));
    });

  test('a permission that the role lacks fails at once, in the words of IAM', async () => {
    route53.refuseNext(1, new Refusal(403, 'AccessDenied', 'User: x is not authorized to perform: route53:ListResourceRecordSets on resource: arn:aws:route53:::hostedzone/ZONE'));
    expect(await create(ALL)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('not authorized to perform: route53:ListResourceRecordSets') });
    expect(route53.calls).toHaveLength(1);
  });

  test('it ends before the function is ended: FAILED in time, and nothing is begun afterwards', async () => {
    let release = () => {};
    const released = new Promise<void>(resolve => { release = resolve; });
    route53.hold = () => released;
    const answer = await create(ALL, { remainingMs: 5_100 });
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'the handler ran out of time; deploy again' });
    release();
    await new Promise(resolve => { setTimeout(resolve, 100); });
    expect(zone()).toEqual([]);
    expect(batches()).toBe(0);
  });
});
