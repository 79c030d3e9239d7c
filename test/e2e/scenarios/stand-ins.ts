import assert from 'node:assert/strict';
import { Route53 } from '@aws-sdk/client-route-53';
import { STS } from '@aws-sdk/client-sts';
import { permissions } from '../access-stand-ins';
import { accountSettings, dedicatedIps, identityPolicies, keyOf, notifications, signingKeys } from '../account-stand-ins';
import { sameLines } from '../check';
import { ACCOUNT } from '../emulator';
import { importJobs } from '../import-stand-ins';
import { bounces, receiptFilters, receiptRules, receiptRuleSets } from '../receipt-stand-ins';
import type { Scenario, Stage } from '../scenario';
import { deliveries, metricAlarms } from '../service-stand-ins';
import { sending, sesEvents, suppressionList } from '../ses-stand-ins';
import { configurationSets, dedicatedIpPools, eventDestinations } from '../stream-stand-ins';

const A = { Type: 'A', TTL: '60', ResourceRecords: ['192.0.2.1'] };

/** Each of these is one record set that Route 53 does not take, and what it says. */
const REFUSED: [string, object, RegExp][] = [
  ['outside the zone', { ...A, Name: 'example.org.' }, /RRSet with DNS name example\.org\. is not permitted in zone example\.com\./],
  ['a CNAME at the apex', { Name: 'example.com.', Type: 'CNAME', TTL: '60', ResourceRecords: ['a.test'] }, /not permitted at apex/],
  ['a CNAME beside another record', { Name: 'taken.example.com.', Type: 'CNAME', TTL: '60', ResourceRecords: ['a.test'] }, /conflicts with other records/],
  ['a CNAME with two values', { Name: 'c.example.com.', Type: 'CNAME', TTL: '60', ResourceRecords: ['a.test', 'b.test'] }, /a CNAME holds one/],
  ['TXT without quotes', { Name: 't.example.com.', Type: 'TXT', TTL: '60', ResourceRecords: ['v=spf1'] }, /should be enclosed in quotation marks/],
  ['TXT above 255 octets', { Name: 't.example.com.', Type: 'TXT', TTL: '60', ResourceRecords: [`"${'x'.repeat(256)}"`] }, /CharacterStringTooLong/],
  ['MX without a priority', { Name: 'm.example.com.', Type: 'MX', TTL: '60', ResourceRecords: ['mx.example.com'] }, /MX record doesn't have 2 fields/],
  ['no TTL', { Name: 'n.example.com.', Type: 'A', ResourceRecords: ['192.0.2.1'] }, /Missing field 'TTL'/],
  ['a value twice', { ...A, Name: 'd.example.com.', ResourceRecords: ['192.0.2.1', '192.0.2.1'] }, /Duplicate Resource Record/],
];

export const scenario: Scenario = {
  title: 'the emulator refuses what AWS refuses, so that the other scenarios prove something',
  async play(stage) {
    await recordSetGroups(stage);
    await emailIdentities(stage);
    await dedicatedIpPools(stage);
    await configurationSets(stage);
    await eventDestinations(stage);
    await receiptRuleSets(stage);
    await receiptRules(stage);
    await receiptFilters(stage);
    await bounces(stage);
    await permissions(stage);
    await customResources(stage);
    await conditionKeys(stage);
    await sending(stage);
    await accountSettings(stage);
    await dedicatedIps(stage);
    await identityPolicies(stage);
    await notifications(stage);
    await signingKeys(stage);
    await suppressionList(stage);
    await importJobs(stage);
    await sesEvents(stage);
    await metricAlarms(stage);
    await deliveries(stage);
  },
};

async function recordSetGroups({ report: { step }, aws }: Stage) {
  const taken = { Name: 'taken.example.com', Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.9' }] };
  const zone = await aws.createZone('example.com', [taken]);
  const other = await aws.createZone('example.com');
  const foreign = 'taken.example.com. A 192.0.2.9';
  const group = (recordSets: object[], zoneId = zone, policy = 'Delete') => ({
    Resources: { G: { Type: 'AWS::Route53::RecordSetGroup', DeletionPolicy: policy, Properties: { HostedZoneId: zoneId, RecordSets: recordSets } } },
  });
  const a = { ...A, Name: 'a.example.com.' };
  const b = { ...A, Name: 'b.example.com.' };

  await step('record sets: one that exists already is refused, and nothing of the group is written', async () => {
    const { status, reasons } = await aws.putStack('exists', group([a, { ...A, Name: 'taken.example.com.' }]));
    assert.equal(status, 'ROLLBACK_COMPLETE');
    assert.match(reasons, /Tried to create resource record set \[name='taken\.example\.com\.', type='A'\] but it already exists/);
    sameLines(await aws.zoneRecords(zone), [foreign], 'zone');
  });
  for (const [index, [what, record, said]] of REFUSED.entries()) {
    await step(`record sets: refused: ${what}`, async () => {
      const { status, reasons } = await aws.putStack(`refused-${index}`, group([record]));
      assert.equal(status, 'ROLLBACK_COMPLETE');
      assert.match(reasons, said);
    });
  }
  await step('record sets: an update adds, changes and removes; a new zone is a replacement; a deletion takes only its own', async () => {
    assert.equal((await aws.putStack('group', group([a, b]))).status, 'CREATE_COMPLETE');
    assert.equal((await aws.putStack('group', group([{ ...b, ResourceRecords: ['192.0.2.2'] }, { ...A, Name: 'c.example.com.' }]))).status, 'UPDATE_COMPLETE');
    sameLines(await aws.zoneRecords(zone), ['b.example.com. A 192.0.2.2', 'c.example.com. A 192.0.2.1', foreign], 'updated');
    assert.equal((await aws.putStack('group', group([a], other))).status, 'UPDATE_COMPLETE');
    sameLines(await aws.zoneRecords(zone), [foreign], 'the old zone');
    sameLines(await aws.zoneRecords(other), ['a.example.com. A 192.0.2.1'], 'the new zone');
    assert.equal((await aws.deleteStack('group')).status, 'DELETE_COMPLETE');
    sameLines(await aws.zoneRecords(other), [], 'the new zone after the deletion');
  });
  await step('record sets: one that somebody has changed is not deleted', async () => {
    await aws.putStack('changed', group([a]));
    const ResourceRecordSet = { Name: 'a.example.com', Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.3' }] };
    const upsert = (Action: 'UPSERT' | 'DELETE') => aws.route53.changeResourceRecordSets({ HostedZoneId: zone, ChangeBatch: { Changes: [{ Action, ResourceRecordSet }] } });
    await upsert('UPSERT');
    const { status, reasons } = await aws.deleteStack('changed');
    assert.equal(status, 'DELETE_FAILED');
    assert.match(reasons, /the values provided do not match the current values/);
    await upsert('DELETE');
  });
  await step('RetainExceptOnCreate: a failed creation is taken back, a deletion retains', async () => {
    const failing = group([a], zone, 'RetainExceptOnCreate');
    const more = { H: { ...group([{ ...A, Name: 'taken.example.com.' }]).Resources.G, DependsOn: 'G' } };
    assert.equal((await aws.putStack('retained', { Resources: { ...failing.Resources, ...more } })).status, 'ROLLBACK_COMPLETE');
    sameLines(await aws.zoneRecords(zone), [foreign], 'zone after the failure');
    await aws.deleteStack('retained');
    assert.equal((await aws.putStack('retained', failing)).status, 'CREATE_COMPLETE');
    assert.equal((await aws.deleteStack('retained')).status, 'DELETE_COMPLETE');
    sameLines(await aws.zoneRecords(zone), ['a.example.com. A 192.0.2.1', foreign], 'zone after the deletion');
  });
}

async function emailIdentities({ report: { step }, aws }: Stage) {
  const identity = (properties: object) => ({
    Resources: { I: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'example.net', ...properties } } },
    Outputs: Object.fromEntries([1, 2, 3].flatMap(n => ['Name', 'Value'].map(part => [`${part}${n}`, { Value: { 'Fn::GetAtt': ['I', `DkimDNSToken${part}${n}`] } }]))),
  });
  const { outputs } = await step('identities: DKIM attributes can be read', async () => {
    const created = await aws.putStack('identity', identity({ MailFromAttributes: { MailFromDomain: 'bounce.example.net' } }));
    assert.equal(created.status, 'CREATE_COMPLETE', created.reasons);
    assert.match(created.outputs.Name1, /^[0-9a-f]{32}\._domainkey\.example\.net$/);
    assert.match(created.outputs.Value1, /^[0-9a-f]{32}\.dkim\.amazonses\.com$/);
    return created;
  });
  await step('identities: one that exists already is refused, and stays', async () => {
    const { status, reasons } = await aws.putStack('second', identity({}));
    assert.equal(status, 'ROLLBACK_COMPLETE');
    assert.match(reasons, /'example\.net' already exists.*HandlerErrorCode: AlreadyExists/);
    assert.equal((await aws.identity('example.net'))?.MailFromAttributes?.MailFromDomain, 'bounce.example.net');
  });
  await step('identities: a MAIL FROM domain that lies elsewhere is refused', async () => {
    const { status, reasons } = await aws.putStack('identity', identity({ MailFromAttributes: { MailFromDomain: 'bounce.example.com' } }));
    assert.equal(status, 'UPDATE_ROLLBACK_COMPLETE');
    assert.match(reasons, /not subdomain of the domain of the identity/);
  });
  await step('identities: verified once the records are there, and no longer when one is missing', async () => {
    const cname = (n: number) => ({ Name: outputs[`Name${n}`], Type: 'CNAME' as const, TTL: 60, ResourceRecords: [{ Value: outputs[`Value${n}`] }] });
    const zone = await aws.createZone('example.net', [cname(1), cname(2)]);
    assert.deepEqual(await verification(), [false, 'PENDING', 'PENDING']);
    await aws.addRecords(zone, [cname(3), { Name: 'bounce.example.net', Type: 'MX', TTL: 60, ResourceRecords: [{ Value: `10 feedback-smtp.${aws.region}.amazonses.com` }] }]);
    assert.deepEqual(await verification(), [true, 'SUCCESS', 'SUCCESS']);
    await aws.route53.changeResourceRecordSets({ HostedZoneId: zone, ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: cname(2) }] } });
    assert.deepEqual(await verification(), [false, 'PENDING', 'SUCCESS']);
  });
  await step('identities: an update in place, another domain as a replacement, and a deletion', async () => {
    const quiet = { DkimAttributes: { SigningEnabled: false }, FeedbackAttributes: { EmailForwardingEnabled: false }, Tags: [{ Key: 'k', Value: 'v' }] };
    assert.equal((await aws.putStack('identity', identity(quiet))).status, 'UPDATE_COMPLETE');
    const updated = await aws.identity('example.net');
    assert.deepEqual([updated?.DkimAttributes?.SigningEnabled, updated?.FeedbackForwardingStatus, updated?.Tags], [false, false, quiet.Tags]);
    assert.equal(updated?.MailFromAttributes?.MailFromDomain, undefined);
    assert.equal((await aws.putStack('identity', identity({ EmailIdentity: 'example.edu' }))).status, 'UPDATE_COMPLETE');
    assert.equal(await aws.identity('example.net'), undefined);
    await aws.deleteStack('identity');
    assert.equal(await aws.identity('example.edu'), undefined);
  });
  await step('identities: a key of one\'s own has no tokens to read', async () => {
    const key = { DomainSigningSelector: 's1', DomainSigningPrivateKey: keyOf('rsa', 2048).privateKey };
    const { status, reasons } = await aws.putStack('own-key', identity({ DkimSigningAttributes: key }));
    assert.equal(status, 'ROLLBACK_COMPLETE');
    assert.match(reasons, /DkimDNSTokenName1/);
  });

  async function verification() {
    const found = await aws.identity('example.net');
    return [found?.VerifiedForSendingStatus, found?.DkimAttributes?.Status, found?.MailFromAttributes?.MailFromDomainStatus];
  }
}

async function customResources({ report: { step }, aws }: Stage) {
  // fails to create, and tells with which physical id it is then asked to delete
  const code = `exports.handler = event => new Promise((resolve, reject) => {
    const answer = { ...event, Status: 'FAILED', PhysicalResourceId: 'never-made', Reason: event.RequestType + ' of ' + event.PhysicalResourceId };
    require('https').request(event.ResponseURL, { method: 'PUT' }, resolve).on('error', reject).end(JSON.stringify(answer));
  });`;
  await step('custom resources: a Delete follows a failed Create', async () => {
    const { status, reasons } = await aws.putStack('custom', {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust({ Service: 'lambda.amazonaws.com' }) } },
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: { Code: { ZipFile: code }, Handler: 'index.handler', Runtime: 'nodejs24.x', Architectures: ['arm64'], Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
        },
        Thing: { Type: 'Custom::Thing', Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] } } },
      },
    });
    assert.equal(status, 'ROLLBACK_COMPLETE');
    assert.match(reasons, /Received response status \[FAILED\] from custom resource\. Message returned: Create of undefined/);
    assert.match(reasons, /Message returned: Delete of never-made/);
  });
}

async function conditionKeys({ report: { step }, aws }: Stage) {
  await step('IAM: a session policy scoped to a record name keeps everything else out', async () => {
    const zone = await aws.createZone('example.com');
    const allow = (Resource: string, more = {}) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'route53:ChangeResourceRecordSets', Resource, ...more }] });
    const { outputs } = await aws.putStack('role', {
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: { AssumeRolePolicyDocument: trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), Policies: [{ PolicyName: 'dns', PolicyDocument: allow('*') }] },
        },
      },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    });
    const names = { 'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['_dmarc.example.com'] } };
    const policy = allow(`arn:aws:route53:::hostedzone/${zone}`, { Condition: names });
    const sts = new STS(aws.config);
    const { Credentials } = await sts.assumeRole({ RoleArn: outputs.Arn, RoleSessionName: 'test', Policy: JSON.stringify(policy) });
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken } = Credentials!;
    const scoped = new Route53({ ...aws.config, credentials: { accessKeyId, secretAccessKey, sessionToken } });
    const create = (HostedZoneId: string, Name: string) => scoped.changeResourceRecordSets({
      HostedZoneId, ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: { Name, Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: '"x"' }] } }] },
    });
    await create(zone, '_DMARC.example.com.');
    await assert.rejects(create(zone, 'other.example.com'), { name: 'AccessDenied' });
    await assert.rejects(create(await aws.createZone('example.com'), '_dmarc.example.com'), { name: 'AccessDenied' });
    await assert.rejects(scoped.listResourceRecordSets({ HostedZoneId: zone }), { name: 'AccessDenied' });
  });
}

function trust(Principal: object) {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] };
}
