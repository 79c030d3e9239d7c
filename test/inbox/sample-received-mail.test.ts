import { SAMPLE_MESSAGE, sampleReceiptEvent, sampleReceivedMail } from '../../src/inbox/sample-received-mail';

test('changes are laid over the sample', () => {
  const { receipt, mail } = sampleReceivedMail('S3', { receipt: { spamVerdict: { status: 'FAIL' }, dmarcVerdict: undefined }, mail: { commonHeaders: { subject: 'Discount' } } });
  expect(receipt).toMatchObject({ spamVerdict: { status: 'FAIL' }, virusVerdict: { status: 'PASS' }, action: { type: 'S3' } });
  expect(receipt).not.toHaveProperty('dmarcVerdict');
  expect(mail).toMatchObject({ commonHeaders: { subject: 'Discount', from: ['Jane Doe <jane.doe@example.net>'] } });
  expect(sampleReceiptEvent({ mail: { source: '' } })).toMatchObject({ Records: [{ ses: { mail: { source: '' }, receipt: { action: { type: 'Lambda' } } } }] });
});

test('each sample is another object, down to its lists', () => {
  const sample = sampleReceivedMail('S3') as { receipt: { recipients: string[]; action: object }; mail: { headers: unknown[] } };
  sample.receipt.recipients.length = sample.mail.headers.length = 0;
  Object.assign(sample.receipt.action, { bucketName: 'changed' });
  expect(sampleReceivedMail('S3')).toMatchObject({
    receipt: { recipients: ['support@example.com'], action: { bucketName: 'mail-111122223333' } }, mail: { headers: expect.arrayContaining([expect.anything()]) },
  });
});

test('a record is JSON, with the addresses of nobody, and only a topic gets the message', () => {
  for (const record of [sampleReceivedMail('S3'), sampleReceivedMail('SNS'), sampleReceivedMail('Bounce'), sampleReceiptEvent()]) {
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    const domains = [...`${JSON.stringify(record)}${SAMPLE_MESSAGE}`.matchAll(/@([\w.-]+)/g)].map(match => match[1]);
    expect(domains.filter(domain => !/^example\.(com|net|org)$/.test(domain))).toEqual([]);
  }
  expect(sampleReceivedMail('SNS')).toHaveProperty('content');
  expect(sampleReceivedMail('S3')).not.toHaveProperty('content');
});
