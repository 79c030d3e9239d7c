import { BounceReply } from '../../src/receipt';
import { expectRefusal, type Refusal } from '../records/refusal';

const TOKEN = '${Token[TOKEN.12]}';
const reply = (smtpReplyCode: string, statusCode?: string, message = 'No') => () => BounceReply.custom({ smtpReplyCode, statusCode, message });

test.each<[string, BounceReply, string, string]>([
  ['Mailbox does not exist', BounceReply.MAILBOX_DOES_NOT_EXIST, '550', '5.1.1'],
  ['Message too large', BounceReply.MESSAGE_TOO_LARGE, '552', '5.3.4'],
  ['Mailbox full', BounceReply.MAILBOX_FULL, '552', '5.2.2'],
  ['Message content rejected', BounceReply.MESSAGE_CONTENT_REJECTED, '500', '5.6.1'],
  ['Unknown failure', BounceReply.UNKNOWN_FAILURE, '554', '5.0.0'],
  ['Temporary failure', BounceReply.TEMPORARY_FAILURE, '450', '4.0.0'],
])('the template "%s" has the codes of SES', (message, template, smtpReplyCode, statusCode) => {
  expect({ ...template }).toEqual({ message, smtpReplyCode, statusCode });
});

test.each([['421', '4.7.1'], ['599', '5.999.999'], ['550', undefined], [TOKEN, '5.1.1'], ['550', TOKEN]])('%s %s is a bounce', (smtpReplyCode, statusCode) => {
  expect({ ...reply(smtpReplyCode, statusCode)() }).toEqual({ smtpReplyCode, statusCode, message: 'No' });
});

const NO_REPLY = 'is not the code of a bounce; it has three digits, of which the first is 4 or 5, e.g. "550" (RFC 5321)';
const NO_STATUS = 'is not the status code of a bounce; it has three numbers, of which the first is 4 or 5, e.g. "5.1.1" (RFC 3463)';

test.each<Refusal>([
  ['a success', reply('250'), 'BounceReply.smtpReplyCode', `"250" ${NO_REPLY}`],
  ['four digits', reply('5500'), 'BounceReply.smtpReplyCode', `"5500" ${NO_REPLY}`],
  ['the status of a success', reply('550', '2.1.1'), 'BounceReply.statusCode', `"2.1.1" ${NO_STATUS}`],
  ['two numbers', reply('550', '5.1'), 'BounceReply.statusCode', `"5.1" ${NO_STATUS}`],
  ['a leading zero', reply('550', '5.01.1'), 'BounceReply.statusCode', `"5.01.1" ${NO_STATUS}`],
  ['never and not now', reply('550', '4.1.1'), 'BounceReply.codesDiffer',
    '"550" and "4.1.1" do not go together; both begin with 4, for a sender who may try again, or both with 5'],
  ['no message', reply('550', '5.1.1', ' '), 'BounceReply.message', 'the bounce has no message; say to the sender why the mail comes back'],
])('a reply with %s is refused', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
