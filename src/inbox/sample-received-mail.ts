import { rawHeaders } from './raw-headers';
import type { ReceivedAction } from './received-mail';
import { type SampleChanges, withChanges } from '../private/sample-changes';

/** An action that tells a topic of received mail. */
export type SampleReceivedType = Exclude<ReceivedAction['type'], 'Unknown'>;

const MESSAGE_ID = '7u2hk4m0c5c1p9d3q8s6t1v2w3x4y5z6a7b8c9d1';
const RECIPIENT = 'support@example.com';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:mail';
const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:mail';

/**
 * A message as SES stores and publishes it: with its own headers above those of the sender. Lines end with CR and LF.
 */
export const SAMPLE_MESSAGE = [
  'Return-Path: <jane.doe@example.net>',
  'Received: from mta.example.net (mta.example.net [198.51.100.7])',
  ` by inbound-smtp.eu-west-1.amazonaws.com with SMTP id ${MESSAGE_ID}`,
  ` for ${RECIPIENT};`,
  ' Fri, 10 Jul 2026 08:15:30 +0000 (UTC)',
  'X-SES-Spam-Verdict: PASS',
  'X-SES-Virus-Verdict: PASS',
  'Received-SPF: pass (spfCheck: domain of example.net designates 198.51.100.7 as permitted sender) client-ip=198.51.100.7;' +
    ' envelope-from=jane.doe@example.net; helo=mta.example.net;',
  'Authentication-Results: amazonses.com;',
  ' spf=pass (spfCheck: domain of example.net designates 198.51.100.7 as permitted sender) client-ip=198.51.100.7;' +
    ' envelope-from=jane.doe@example.net; helo=mta.example.net;',
  ' dkim=pass header.i=@example.net;',
  ' dmarc=pass header.from=example.net;',
  'X-SES-RECEIPT: RVhBTVBMRQ==',
  'X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b=RVhBTVBMRQ==; c=relaxed/simple; s=example; d=amazonses.com; t=1783671330; v=1; bh=RVhBTVBMRQ==; h=From:To:Subject;',
  'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=mail; h=from:to:subject; bh=RVhBTVBMRQ==; b=RVhBTVBMRQ==',
  'From: Jane Doe <jane.doe@example.net>',
  `To: ${RECIPIENT}`,
  'Subject: Where is my order?',
  'Date: Fri, 10 Jul 2026 10:15:28 +0200',
  'Message-ID: <question-1@example.net>',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'I ordered two books, and one came. Where is the other?',
  '',
].join('\r\n');

const ACTIONS: Record<SampleReceivedType, Record<string, unknown>> = {
  S3: { topicArn: TOPIC, bucketName: 'mail-111122223333', objectKeyPrefix: 'support/', objectKey: `support/${MESSAGE_ID}` },
  SNS: { topicArn: TOPIC, encoding: 'BASE64' },
  Bounce: {
    topicArn: TOPIC, smtpReplyCode: '550', statusCode: '5.1.1', message: 'Mailbox does not exist', sender: 'mailer-daemon@example.com',
  },
  Lambda: { topicArn: TOPIC, functionArn: FUNCTION, invocationType: 'Event' },
  Stop: { topicArn: TOPIC },
  WorkMail: { topicArn: TOPIC, organizationArn: 'arn:aws:workmail:eu-west-1:111122223333:organization/m-0123456789abcdef0123456789abcdef' },
};

/**
 * The notification of received mail, for tests of functions that listen to the topics of receipt rules: what SES publishes, before `parseReceivedMail` evens it
 * out. All checks have passed. The one of the SNS action has the message (`SAMPLE_MESSAGE`).
 *
 * @param type the type of the action
 * @param changes what differs, e.g. `{ receipt: { spamVerdict: { status: 'FAIL' } } }`
 */
export function sampleReceivedMail(type: SampleReceivedType, changes: SampleChanges = {}): Record<string, unknown> {
  const content = type === 'SNS' ? { content: Buffer.from(SAMPLE_MESSAGE, 'utf8').toString('base64') } : {};
  return withChanges({ notificationType: 'Received', ...record({ type, ...ACTIONS[type] }), ...content }, changes);
}

/**
 * What a function of a receipt rule is called with, for its tests.
 *
 * @param changes what differs in the record, e.g. `{ mail: { commonHeaders: { subject: 'Discount' } } }`
 */
export function sampleReceiptEvent(changes: SampleChanges = {}): Record<string, unknown> {
  const ses = withChanges(record({ type: 'Lambda', functionArn: FUNCTION, invocationType: 'Event' }), changes);
  return { Records: [{ eventSource: 'aws:ses', eventVersion: '1.0', ses }] };
}

/** Made anew each time, since users may change what they got. */
function record(action: Record<string, unknown>): Record<string, unknown> {
  return {
    mail: {
      timestamp: '2026-07-10T08:15:30.000Z',
      source: 'jane.doe@example.net',
      messageId: MESSAGE_ID,
      destination: [RECIPIENT],
      headersTruncated: false,
      headers: rawHeaders(SAMPLE_MESSAGE),
      commonHeaders: {
        returnPath: 'jane.doe@example.net',
        from: ['Jane Doe <jane.doe@example.net>'],
        date: 'Fri, 10 Jul 2026 10:15:28 +0200',
        to: [RECIPIENT],
        messageId: '<question-1@example.net>',
        subject: 'Where is my order?',
      },
    },
    receipt: {
      timestamp: '2026-07-10T08:15:30.000Z',
      processingTimeMillis: 574,
      recipients: [RECIPIENT],
      spamVerdict: { status: 'PASS' },
      virusVerdict: { status: 'PASS' },
      spfVerdict: { status: 'PASS' },
      dkimVerdict: { status: 'PASS' },
      dmarcVerdict: { status: 'PASS' },
      action: { ...action },
    },
  };
}
