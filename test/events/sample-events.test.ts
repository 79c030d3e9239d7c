import { sampleEvent, sampleNotification } from '../../src/events/sample-events';

test('changes are laid over the sample', () => {
  const { bounce, mail } = sampleEvent('Bounce', { bounce: { bounceSubType: 'NoEmail', reportingMTA: undefined, bouncedRecipients: [] }, mail: { tags: { campaign: ['x'] } } });
  expect(bounce).toEqual({
    bounceType: 'Permanent', bounceSubType: 'NoEmail', bouncedRecipients: [], timestamp: expect.any(String), feedbackId: expect.any(String),
  });
  expect(mail).toMatchObject({ tags: { 'campaign': ['x'], 'ses:configuration-set': ['transactional'] } });
});

test('each sample is another object, down to its lists', () => {
  const sample = sampleEvent('Bounce') as { bounce: { bouncedRecipients: unknown[] }; mail: { tags: object } };
  sample.bounce.bouncedRecipients.length = 0;
  Object.assign(sample.mail.tags, { changed: true });
  expect(sampleEvent('Bounce')).toMatchObject({ bounce: { bouncedRecipients: [expect.anything()] }, mail: { tags: expect.not.objectContaining({ changed: true }) } });
});

test('a record lacks what those of SES lack', () => {
  expect(sampleEvent('Open').mail).not.toHaveProperty('sourceArn');
  expect(sampleEvent('Rendering Failure').mail).not.toHaveProperty('headers');
  expect(sampleEvent('Complaint').complaint).not.toHaveProperty('complaintSubType');
  expect(sampleNotification('Delivery')).not.toHaveProperty('mail.tags');
});

test('a record is JSON, with the addresses of nobody', () => {
  for (const record of [sampleEvent('Click'), sampleEvent('Subscription'), sampleNotification('Bounce')]) {
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    const domains = [...JSON.stringify(record).matchAll(/@([\w.-]+)/g)].map(match => match[1]);
    expect(domains.filter(domain => !/^example\.(com|net|org)$/.test(domain))).toEqual([]);
  }
});
