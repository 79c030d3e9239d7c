import { checkAddedHeader, isReservedHeader } from '../../src/receipt/added-header';
import { expectRefusal, type Refusal } from '../records/refusal';

const TOKEN = '${Token[TOKEN.12]}';
const NAME = 'X-'.padEnd(51, 'a');

test.each([
  ['X-Source', 'SES'],
  [NAME.slice(1), 'a'.repeat(2047)],
  [TOKEN, TOKEN.repeat(200)],
])('%s is added', (name, value) => {
  expect(() => checkAddedHeader(name, value)).not.toThrow();
});

test.each<Refusal>([
  ['51 characters', () => checkAddedHeader(NAME, 'a'), 'AddedHeader.name', `header name "${NAME}" is not accepted by SES; it takes 1 to 50 letters, digits and "-"`],
  ['an underscore', () => checkAddedHeader('X_Source', 'a'), 'AddedHeader.name', 'header name "X_Source" is not accepted by SES; it takes 1 to 50 letters, digits and "-"'],
  ['no name', () => checkAddedHeader('', 'a'), 'AddedHeader.name', 'header name "" is not accepted by SES; it takes 1 to 50 letters, digits and "-"'],
  ['2048 characters of value', () => checkAddedHeader('X-Source', 'a'.repeat(2048)), 'AddedHeader.tooLong',
    'header "X-Source" has a value of 2048 characters; SES takes up to 2047'],
  ['a line break', () => checkAddedHeader('X-Source', `${TOKEN}\nBcc: a@example.net`), 'AddedHeader.lineBreak',
    'header "X-Source" has a line break in its value, where another header could begin; leave it out'],
  ['no value', () => checkAddedHeader('X-Source', ''), 'AddedHeader.empty', 'header "X-Source" has no value; give one'],
])('a header with %s is refused', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));

test('the headers of SES and of the way are reserved', () => {
  const reserved = ['Authentication-Results', 'x-ses-spam-verdict', 'X-SES-Anything', 'Received', 'Received-SPF', 'Return-Path', 'DKIM-Signature'];
  expect(reserved.filter(name => !isReservedHeader(name))).toEqual([]);
  expect(['X-Source', 'X-Sesame', 'Received-By', 'List-Id'].filter(isReservedHeader)).toEqual([]);
});
