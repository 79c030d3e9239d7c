import { Aws } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { AUTO_TAGS, AutoTag, checkMessageTag, HIGH_CARDINALITY_AUTO_TAGS } from '../../src/ses/message-tags';
import { expectRefusal, type Refusal } from '../records/refusal';

const FORM = 'is not accepted; SES takes 1 to 256 ASCII letters, digits, "-" and "_", and loses the metrics of other tags in silence';

test('the tags of SES have the names that events give them', () => {
  expect(AUTO_TAGS).toEqual([
    'ses:caller-identity', 'ses:configuration-set', 'ses:from-domain', 'ses:outgoing-ip', 'ses:source-ip', 'ses:source-tls-version', 'ses:operation',
  ]);
});

test('a tag with a value for each sender, domain or address is known as expensive', () => {
  expect([...HIGH_CARDINALITY_AUTO_TAGS].sort()).toEqual(['ses:caller-identity', 'ses:from-domain', 'ses:outgoing-ip', 'ses:source-ip']);
  expect(HIGH_CARDINALITY_AUTO_TAGS.has(AutoTag.CONFIGURATION_SET)).toBe(false);
});

test('a tag of letters, digits, hyphens and underscores passes', () => {
  fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,256}$/), fc.stringMatching(/^[A-Za-z0-9_-]{1,256}$/), (name, value) => {
    checkMessageTag(name, value);
  }));
});

test('any other character is refused, in the name and in the value', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 20 }).filter(text => !/^[A-Za-z0-9_-]+$/.test(text) && !text.startsWith('ses:')), text => {
    expect(() => checkMessageTag(text, 'a')).toThrow('[MessageTag.form]');
    expect(() => checkMessageTag('a', text)).toThrow('[MessageTag.form]');
  }));
});

test('a tag that only the deployment knows passes, and nothing under its cover that would end the tag', () => {
  checkMessageTag(`of-${Aws.STACK_NAME}`, Aws.REGION);
  for (const more of [', a=b', '\r\nBcc: everybody@example.com', '"', ';', '=']) {
    expect(() => checkMessageTag('stack', `${Aws.STACK_NAME}${more}`)).toThrow('[MessageTag.form]');
    expect(() => checkMessageTag(`${Aws.STACK_NAME}${more}`, 'stack')).toThrow('[MessageTag.form]');
  }
});

test.each<Refusal>([
  ['a name that is not ASCII', () => checkMessageTag('größe', 'x'), 'MessageTag.form', `message tag name "größe" ${FORM}`],
  ['a name with a blank', () => checkMessageTag('a b', 'c'), 'MessageTag.form', `message tag name "a b" ${FORM}`],
  ['an empty name', () => checkMessageTag('', 'c'), 'MessageTag.form', `message tag name "" ${FORM}`],
  ['a long name', () => checkMessageTag('n'.repeat(257), 'c'), 'MessageTag.form', `message tag name "${'n'.repeat(257)}" ${FORM}`],
  ['a value with a dot', () => checkMessageTag('version', '1.2'), 'MessageTag.form', `value "1.2" of message tag "version" ${FORM}`],
  ['a line break', () => checkMessageTag('a', 'b\r\nBcc: x'), 'MessageTag.form', `value "b\\r\\nBcc: x" of message tag "a" ${FORM}`],
  ['a name of SES', () => checkMessageTag('ses:from-domain', 'example'), 'MessageTag.reserved',
    'message tag name "ses:from-domain" begins with "ses:", as the tags do that SES sets by itself; take another name'],
])('a message tag is refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
