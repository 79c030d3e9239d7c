import type { SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import { Aws } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { type MessageOptions, sendParameters, sesHeaders } from '../../src/sending/mail-headers';
import { expectRefusal, type Refusal } from '../records/refusal';

const EVERYTHING: MessageOptions = {
  configurationSet: 'myConfigurationSet',
  tags: { tagName1: 'tagValue1', tagName2: 'tagValue2' },
  campaign: 'spring-2026',
  listManagement: { contactList: 'ExampleContactListName', topic: 'Sports' },
};

test('the headers are those that SES reads', () => {
  expect(sesHeaders({ configurationSet: 'myConfigurationSet', tags: { tagName1: 'tagValue1', tagName2: 'tagValue2' } })).toEqual({
    'X-SES-CONFIGURATION-SET': 'myConfigurationSet',
    'X-SES-MESSAGE-TAGS': 'tagName1=tagValue1, tagName2=tagValue2',
  });
});

test('a campaign is a tag, and a header that survives into complaints', () => {
  expect(sesHeaders({ campaign: 'spring-2026', tags: { kind: 'news' } })).toEqual({
    'X-SES-MESSAGE-TAGS': 'kind=news, campaign=spring-2026',
    'X-Campaign-Id': 'spring-2026',
  });
});

test('forwarded bounces and complaints go to the Return-Path, by header and by parameter', () => {
  expect(sesHeaders({ feedbackAddress: 'bounces@example.com' })).toEqual({ 'Return-Path': '<bounces@example.com>' });
  expect(sendParameters({ feedbackAddress: 'bounces@example.com' })).toEqual({ FeedbackForwardingEmailAddress: 'bounces@example.com' });
});

test('list management is one header, with a topic or without', () => {
  expect(sesHeaders({ listManagement: { contactList: 'ExampleContactListName', topic: 'Sports' } })).toEqual({
    'X-SES-LIST-MANAGEMENT-OPTIONS': 'ExampleContactListName; topic=Sports',
  });
  expect(sesHeaders({ listManagement: { contactList: 'ExampleContactListName' } })).toEqual({ 'X-SES-LIST-MANAGEMENT-OPTIONS': 'ExampleContactListName' });
});

test('the parameters are those of the SESv2 API', () => {
  const input: Partial<SendEmailCommandInput> = sendParameters(EVERYTHING);
  expect(input).toStrictEqual({
    ConfigurationSetName: 'myConfigurationSet',
    EmailTags: [{ Name: 'tagName1', Value: 'tagValue1' }, { Name: 'tagName2', Value: 'tagValue2' }, { Name: 'campaign', Value: 'spring-2026' }],
    ListManagementOptions: { ContactListName: 'ExampleContactListName', TopicName: 'Sports' },
  });
});

test('what is not given is not there', () => {
  expect(sesHeaders({})).toStrictEqual({});
  expect(sendParameters({})).toStrictEqual({});
  expect(sesHeaders({ tags: {} })).toStrictEqual({});
  expect(sendParameters({ tags: {}, listManagement: { contactList: 'List' } })).toStrictEqual({ ListManagementOptions: { ContactListName: 'List' } });
});

test('names that only the deployment knows pass', () => {
  expect(sendParameters({ configurationSet: Aws.STACK_NAME }).ConfigurationSetName).toBe(Aws.STACK_NAME);
  expect(sesHeaders({ configurationSet: Aws.STACK_NAME })['X-SES-CONFIGURATION-SET']).toBe(Aws.STACK_NAME);
});

test.each<[string, (build: (options: MessageOptions) => unknown) => unknown, string, string]>([
  ['a configuration set that SES does not take', build => build({ configurationSet: 'my set' }), 'SesName.form',
    'configuration set name "my set" is not accepted by SES; it takes 1 to 64 letters, digits, "-" and "_"'],
  ['an address for feedback that is none', build => build({ feedbackAddress: 'Bounces <bounces@example.com>' }), 'MailAddress.displayName',
    '"Bounces <bounces@example.com>" is more than an address; give "user@example.com", without a display name'],
  ['a tag that SES does not take', build => build({ tags: { größe: 'x' } }), 'MessageTag.form',
    'message tag name "größe" is not accepted; SES takes 1 to 256 ASCII letters, digits, "-" and "_", and loses the metrics of other tags in silence'],
  ['a tag of SES', build => build({ tags: { 'ses:operation': 'x' } }), 'MessageTag.reserved',
    'message tag name "ses:operation" begins with "ses:", as the tags do that SES sets by itself; take another name'],
  ['a campaign that cannot be a tag', build => build({ campaign: 'spring sale' }), 'MessageTag.form',
    'value "spring sale" of message tag "campaign" is not accepted; SES takes 1 to 256 ASCII letters, digits, "-" and "_", and loses the metrics of other tags in silence'],
  ['a campaign given twice', build => build({ campaign: 'a', tags: { campaign: 'b' } }), 'MailHeaders.campaignTwice',
    'the campaign is given as "a" and as the tag "campaign"; leave the tag out'],
  ['a contact list that cannot be', build => build({ listManagement: { contactList: 'My list' } }), 'SesName.form',
    'contact list name "My list" is not accepted by SES; it takes 1 to 64 letters, digits, "-" and "_"'],
  ['a topic that cannot be', build => build({ listManagement: { contactList: 'List', topic: 'a; topic=b' } }), 'SesName.form',
    'topic name "a; topic=b" is not accepted by SES; it takes 1 to 64 letters, digits, "-" and "_"'],
])('headers and parameters refuse %s', (_, rule, code, sentence) => {
  expectRefusal(() => rule(sesHeaders), code, sentence);
  expectRefusal(() => rule(sendParameters), code, sentence);
});

test.each<Refusal>([
  ['a line break under the cover of a token', () => sesHeaders({ configurationSet: '${Token[TOKEN.1]}\r\nBcc: x@example.com' }), 'MailHeaders.characters',
    'header X-SES-CONFIGURATION-SET would be "${Token[TOKEN.1]}\\r\\nBcc: x@example.com"; a header is one line of printable ASCII'],
  ['tags beyond a line', () => sesHeaders({ tags: { a: 'x'.repeat(256), b: 'x'.repeat(256), c: 'x'.repeat(256), d: 'x'.repeat(256) } }), 'MailHeaders.tooLong',
    'header X-SES-MESSAGE-TAGS would have 1058 characters; a line of mail has room for 998 (RFC 5322)'],
])('headers refuse %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));

test('no text whatever gets a second line, or a second tag, into the headers', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.constantFrom('', '${Token[TOKEN.1]}', '${Token[\r\n]}'), fc.constantFrom('\r\nBcc: x', '\nX: y', '\r', ', a=b', '; topic=b', '', 'ok')).map(parts => parts.join('')),
  );
  fc.assert(fc.property(text, text, text, (configurationSet, name, value) => {
    let headers: Record<string, string> = {};
    try {
      headers = sesHeaders({ configurationSet, tags: { [name]: value } });
    } catch {
      return;
    }
    expect(Object.values(headers).join('')).toMatch(/^[\x20-\x7e]*$/);
    expect(headers['X-SES-MESSAGE-TAGS'].split(/[=,]/)).toHaveLength(2);
  }), { numRuns: 1000 });
});
