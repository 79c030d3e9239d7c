import { forwardedFeedbackRecipient, type SentMail } from '../../src/identity/forwarded-feedback';

test.each<[string, SentMail, string]>([
  ['SMTP: the Return-Path header', { interface: 'smtp', returnPathHeader: '<return@example.com>', envelopeFrom: 'sender@example.com' }, 'return@example.com'],
  ['SMTP without it: the envelope sender', { interface: 'smtp', envelopeFrom: '<sender@example.com>' }, 'sender@example.com'],
  ['SendEmail: the ReturnPath parameter', { interface: 'SendEmail', returnPathParameter: 'return@example.com', source: 'sender@example.com' }, 'return@example.com'],
  ['SendEmail without it: Source', { interface: 'SendEmail', source: 'Shop <sender@example.com>' }, 'sender@example.com'],
  ['SendRawEmail: the Return-Path header',
    { interface: 'SendRawEmail', returnPathHeader: 'return@example.com', source: 'source@example.com', fromHeader: 'from@example.com' }, 'return@example.com'],
  ['SendRawEmail without it: Source', { interface: 'SendRawEmail', source: 'source@example.com', fromHeader: 'from@example.com' }, 'source@example.com'],
  ['SendRawEmail without both: the From header', { interface: 'SendRawEmail', fromHeader: '"Shop <Europe>" <from@example.com>' }, 'from@example.com'],
  ['an empty one is none', { interface: 'smtp', returnPathHeader: '<>', envelopeFrom: 'sender@example.com' }, 'sender@example.com'],
  ['nothing at all', { interface: 'SendEmail', source: '' }, ''],
])('forwarded feedback goes to the right address by %s', (_, mail, recipient) => {
  expect(forwardedFeedbackRecipient(mail)).toBe(recipient);
});
