import fc from 'fast-check';
import { canonicalConditions } from '../../src/delegation/policy-condition';
import { checkStatement, renderStatement, type StatementJson } from '../../src/delegation/policy-statement';
import { bytesOf, textOf } from '../../src/delegation/policy-value';

const ACCOUNT = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::222222222222:root']] };
const SEND: StatementJson = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'ses:SendEmail' };
const check = (changes: Partial<StatementJson> & Record<string, unknown>, allowUnlistedActions = false) =>
  () => checkStatement({ ...SEND, ...changes }, { identityName: 'example.com', allowUnlistedActions });

describe('a statement is taken', () => {
  const cases: [string, Record<string, unknown>][] = [
    ['for an account by its ID', { Principal: { AWS: '222222222222' } }],
    ['for the root of an account in any partition', { Principal: { AWS: 'arn:aws-us-gov:iam::222222222222:root' } }],
    ['for a user and a role, with a path', { Principal: { AWS: ['arn:aws:iam::222222222222:user/John', 'arn:aws:iam::222222222222:role/service/mail'] } }],
    ['for a role that only the deployment knows', { Principal: { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } } }],
    ['for a service on behalf of an account', { Principal: { Service: 'cognito-idp.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } }],
    ['for a service on behalf of what only the deployment knows', { Principal: { Service: 'cognito-idp.amazonaws.com' }, Condition: { ArnLike: { 'AWS:SourceArn': { Ref: 'Pool' } } } }],
    ['for an organization', { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } }],
    ['for everybody when it denies', { Effect: 'Deny', Principal: '*' }],
    ['with actions in other spelling', { Action: ['SES:sendrawemail', 'ses:PutEmailIdentityDkimAttributes'] }],
    ['with the identity as its resource', { Resource: 'arn:aws:ses:eu-west-1:111122223333:identity/example.com' }],
    ['with an identity that only the deployment knows', { Resource: { 'Fn::Join': ['', ['arn:aws:ses:eu-west-1:111122223333:identity/', { Ref: 'Mail' }]] } }],
  ];
  test.each(cases)('%s', (_, changes) => { expect(check(changes)).not.toThrow(); });

  test('with an action that is newer than the guide, when that is allowed', () => {
    expect(check({ Action: 'ses:SendBulkEmail' }, true)).not.toThrow();
    expect(check({ Action: 'ses:SendBulkEmail' })).toThrow('the action "ses:SendBulkEmail" is not among those that SES has in identity policies');
  });
});

describe('a statement is refused', () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ['without a principal', { Principal: undefined }, '[IdentityPolicy.noPrincipal]'],
    ['with an account ID of four digits', { Principal: { AWS: '1234' } }, 'the principal AWS "1234" is not accepted; SES takes an account ID of 12 digits'],
    ['with four digits in an ARN', { Principal: { AWS: 'arn:aws:iam::1234:root' } }, '[IdentityPolicy.principal]'],
    ['with a wildcard in an ARN', { Principal: { AWS: 'arn:aws:iam::222222222222:user/*' } }, '[IdentityPolicy.principal]'],
    ['with a session', { Principal: { AWS: 'arn:aws:sts::222222222222:assumed-role/mail/me' } }, '[IdentityPolicy.principal]'],
    ['with something that is no service', { Principal: { Service: 'example.com' } }, 'the principal Service "example.com" is not accepted'],
    ['with a federated user', { Principal: { Federated: 'cognito-identity.amazonaws.com' } }, '[IdentityPolicy.principal]'],
    ['with NotAction', { NotAction: 'ses:SendEmail' }, 'the statement has NotAction, which SES does not know in identity policies; name what is meant [IdentityPolicy.inverted]'],
    ['with NotPrincipal', { NotPrincipal: { AWS: '*' } }, '[IdentityPolicy.inverted]'],
    ['with NotResource', { NotResource: '*' }, '[IdentityPolicy.inverted]'],
    ['without an action', { Action: [] }, '[IdentityPolicy.noAction]'],
    ['with all actions', { Action: 'ses:*' }, 'the action "ses:*" is not among those that SES has'],
    ['with an action of another service', { Action: ['ses:SendEmail', 'sns:Publish'] }, 'the action "sns:Publish"'],
    ['with another identity', { Resource: 'arn:aws:ses:eu-west-1:111122223333:identity/example.net' },
      'the statement is about "arn:aws:ses:eu-west-1:111122223333:identity/example.net"; a policy of "example.com" can be about nothing else, so leave the resource out ' +
      '[IdentityPolicy.resource]'],
    ['with every resource', { Resource: '*' }, '[IdentityPolicy.resource]'],
    ['with a key of SES that it does not fill in here', { Condition: { StringEquals: { 'ses:ApiVersion': '2' } } },
      'the condition key "ses:ApiVersion" is not known to SES in identity policies; it has ses:FeedbackAddress, ses:FromAddress, ses:FromDisplayName, ses:Recipients'],
    ['with a key of another service', { Condition: { StringEquals: { 's3:prefix': 'x' } } }, '[IdentityPolicy.condition]'],
    ['for everybody', { Principal: { AWS: '*' } }, 'the statement lets everybody on AWS use "example.com"; name principals, or add a condition'],
    ['for everybody from some network', { Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }, '[IdentityPolicy.everybody]'],
    ['for everybody outside an organization', { Principal: '*', Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } }, '[IdentityPolicy.everybody]'],
    ['for everybody whose organization is not told', { Principal: '*', Condition: { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } }, '[IdentityPolicy.everybody]'],
    ['for every organization', { Principal: '*', Condition: { StringLike: { 'aws:PrincipalOrgID': ['o-a1b2c3d4e5', 'o-*'] } } }, '[IdentityPolicy.everybody]'],
    ['for a service on behalf of anybody', { Principal: { Service: 'cognito-idp.amazonaws.com' } },
      'the statement lets a service use "example.com" on behalf of any of its customers; add a condition with aws:SourceAccount'],
    ['for a service on behalf of any account', { Principal: { Service: 'cognito-idp.amazonaws.com' }, Condition: { StringLike: { 'aws:SourceAccount': '*' } } }, '[IdentityPolicy.confusedDeputy]'],
  ];
  test.each(cases)('%s', (_, changes, message) => { expect(check(changes)).toThrow(message); });
});

test('a statement is rendered about the identity, in the spelling of SES', () => {
  const statement = { ...SEND, Sid: 'Mail', Action: ['SES:sendemail', 'ses:SENDRAWEMAIL'], Condition: { StringEquals: { 'AWS:sourceaccount': '1', 'SES:fromaddress': 'a@example.com' } } };
  expect(renderStatement(statement, 'ARN')).toEqual({
    Sid: 'Mail',
    Effect: 'Allow',
    Principal: { AWS: ACCOUNT },
    Action: ['ses:SendEmail', 'ses:SendRawEmail'],
    Resource: 'ARN',
    Condition: { StringEquals: { 'aws:SourceAccount': '1', 'ses:FromAddress': 'a@example.com' } },
  });
});

test('conditions that are canonical stay as they are', () => {
  const key = fc.constantFrom('aws:SourceArn', 'aws:CurrentTime', 'ses:Recipients', 'aws:PrincipalTag/team');
  fc.assert(fc.property(fc.dictionary(fc.constantFrom('StringLike', 'ForAllValues:StringLike', 'Null'), fc.dictionary(key, fc.string()), { noNullPrototype: true }), conditions => {
    expect(canonicalConditions(conditions)).toEqual(conditions);
  }));
});

test('a value that only the deployment knows has its place in a text, and some room in a policy', () => {
  expect(textOf(ACCOUNT)).toBe('arn:<...>:iam::222222222222:root');
  const { least, most } = bytesOf({ a: [{ Ref: 'AWS::AccountId' }, 'ü'] });
  expect([least, most]).toEqual([15, 27]);
});
