import { checkConnectInstance, checkMessageKey, checkWorkMailOrganization, normalizeKeyPrefix, regionOfArn } from '../../src/receipt/action-target';
import { expectRefusal, type Refusal } from '../records/refusal';

const TOKEN = '${Token[TOKEN.12]}';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const ORGANIZATION = 'arn:aws:workmail:eu-west-1:111122223333:organization/m-0123456789abcdef0123456789abcdef';
const INSTANCE = 'arn:aws:connect:eu-west-1:111122223333:instance/1234abcd-12ab-34cd-56ef-1234567890ab';

test.each([
  ['mail', 'mail/'], ['mail/', 'mail/'], ['/mail//', 'mail/'], ['mail/support', 'mail/support/'], ['', undefined], ['/', undefined], [TOKEN, `${TOKEN}/`],
  ['a'.repeat(899), `${'a'.repeat(899)}/`],
])('the prefix "%s" is %s', (given, normal) => {
  expect(normalizeKeyPrefix(given)).toBe(normal);
});

test('a prefix leaves room for the id of the message', () => {
  expectRefusal(() => normalizeKeyPrefix('ü'.repeat(450)), 'KeyPrefix.tooLong',
    'the object key prefix has 901 bytes; up to 900 leave room for the id of the message in a key of 1024');
});

test.each([
  [checkMessageKey, KEY], [checkMessageKey, KEY.replace('key/', 'key/mrk-')], [checkMessageKey, 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/aws/ses'],
  [checkMessageKey, TOKEN], [checkMessageKey, `arn:${TOKEN}:kms:${TOKEN}:${TOKEN}:alias/aws/ses`], [checkMessageKey, `arn:aws:kms:eu-west-1:${TOKEN}:key/${TOKEN}`],
  [checkWorkMailOrganization, ORGANIZATION], [checkWorkMailOrganization, ORGANIZATION.replace('111122223333', TOKEN)],
  [checkConnectInstance, INSTANCE], [checkConnectInstance, TOKEN],
])('%p takes %s', (check, arn) => {
  expect(check(arn)).toBe(arn);
});

const ALIAS = (arn: string) => `"${arn}" is an alias, which may mean another key in the account that asks; give the ARN of the key itself, e.g. "${KEY}". ` +
  'Only the key of SES is named by its alias (...:alias/aws/ses)';

test.each<Refusal>([
  ['the alias of an own key', () => checkMessageKey('arn:aws:kms:eu-west-1:111122223333:alias/mail'), 'MessageKey.alias', ALIAS('arn:aws:kms:eu-west-1:111122223333:alias/mail')],
  ['an alias among tokens', () => checkMessageKey(`arn:${TOKEN}:kms:${TOKEN}:${TOKEN}:alias/mail`), 'MessageKey.alias', ALIAS(`arn:${TOKEN}:kms:${TOKEN}:${TOKEN}:alias/mail`)],
  ['the key of S3', () => checkMessageKey('alias/aws/s3'), 'MessageKey.alias', ALIAS('alias/aws/s3')],
  ['a bare key id', () => checkMessageKey('1234abcd-12ab-34cd-56ef-1234567890ab'), 'MessageKey.form',
    `"1234abcd-12ab-34cd-56ef-1234567890ab" is not the ARN of a KMS key; the form is "${KEY}"`],
  ['another service', () => checkMessageKey(KEY.replace('kms', 's3')), 'MessageKey.form', `"${KEY.replace('kms', 's3')}" is not the ARN of a KMS key; the form is "${KEY}"`],
  ['a short organization id', () => checkWorkMailOrganization(ORGANIZATION.slice(0, -1)), 'WorkMailOrganization.form',
    `"${ORGANIZATION.slice(0, -1)}" is not the ARN of a WorkMail organization; the form is "${ORGANIZATION}"`],
  ['an organization without an account', () => checkWorkMailOrganization(ORGANIZATION.replace('111122223333', '')), 'WorkMailOrganization.form',
    `"${ORGANIZATION.replace('111122223333', '')}" is not the ARN of a WorkMail organization; the form is "${ORGANIZATION}"`],
  ['more than an instance', () => checkConnectInstance(`${INSTANCE}/queue/1`), 'ConnectInstance.form',
    `"${INSTANCE}/queue/1" is not the ARN of an Amazon Connect instance; the form is "${INSTANCE}"`],
])('%s is refused', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));

test.each([[KEY, 'eu-west-1'], [TOKEN, undefined], [`arn:aws:kms:${TOKEN}:111122223333:key/x`, undefined], ['arn:aws:iam::111122223333:role/x', undefined]])(
  'the Region of %s is %s', (arn, region) => {
    expect(regionOfArn(arn)).toBe(region);
  });
