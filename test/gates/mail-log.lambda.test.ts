import { MAIL_LOG_VARIABLE } from '../../src/gates/mail-log-constants';
import { handler } from '../../src/gates/mail-log.lambda';
import { sampleReceiptEvent } from '../../src/inbox/sample-received-mail';

async function logged(redactPersonalData: boolean): Promise<string[]> {
  process.env[MAIL_LOG_VARIABLE] = JSON.stringify({ rule: 'Audit', redactPersonalData });
  const log = jest.spyOn(console, 'log').mockImplementation();
  await handler(sampleReceiptEvent());
  const lines = log.mock.calls.map(([line]) => String(line));
  log.mockRestore();
  return lines;
}

test('a message is one line with what SES has told', async () => {
  const [line, ...others] = await logged(false);
  expect(others).toEqual([]);
  expect(JSON.parse(line)).toMatchObject({
    notice: 'mail received',
    rule: 'Audit',
    mail: { source: 'jane.doe@example.net', commonHeaders: { subject: 'Where is my order?' } },
    receipt: { recipients: ['support@example.com'], spamVerdict: { status: 'PASS' } },
  });
});

test('a redacted line tells verdicts, times and domains, and of persons only whether they are the same', async () => {
  const [line] = await logged(true);
  expect(line).not.toMatch(/jane|support@|Where is my order/i);
  expect(JSON.parse(line)).toMatchObject({
    mail: { messageId: expect.any(String), source: expect.stringMatching(/^[0-9a-f]{64}@example\.net$/) },
    receipt: { recipients: [expect.stringMatching(/^[0-9a-f]{64}@example\.com$/)], dmarcVerdict: { status: 'PASS' }, timestamp: '2026-07-10T08:15:30.000Z' },
  });
});
