import * as fc from 'fast-check';
import { dispositionOf } from '../../src/inbox/disposition';
import { parseReceivedMail } from '../../src/inbox/parse-received-mail';
import { receivedContent } from '../../src/inbox/received-content';
import { SAMPLE_MESSAGE, sampleReceiptEvent, sampleReceivedMail, type SampleReceivedType } from '../../src/inbox/sample-received-mail';
import { PostmasterError } from '../../src/private/errors';
import { snsEnvelope, sqsRecord, TRANSPORTS } from '../support/transports';

const TYPES: SampleReceivedType[] = ['S3', 'SNS', 'Bounce', 'Lambda', 'Stop', 'WorkMail'];
const SAMPLES = [...TYPES.map(type => sampleReceivedMail(type)), sampleReceiptEvent()];
/** Received mail does not come by EventBridge. */
const WAYS = Object.entries(TRANSPORTS).filter(([name]) => !name.startsWith('EventBridge'));

/** As the guide shows it: an older record, without a verdict on DMARC, and no encoding of the content. */
const OLD = {
  notificationType: 'Received',
  receipt: {
    timestamp: '2015-09-11T20:32:33.936Z',
    processingTimeMillis: '222',
    recipients: ['recipient@example.com'],
    spamVerdict: { status: 'PASS' },
    virusVerdict: { status: 'PASS' },
    spfVerdict: { status: 'PASS' },
    dkimVerdict: { status: 'PASS' },
    action: { type: 'SNS', topicArn: 'arn:aws:sns:us-east-1:111122223333:t' },
  },
  mail: {
    timestamp: '2015-09-11T20:32:33.936Z',
    source: '<sender@example.net>',
    messageId: 'd6iitobk75ur44p8kdnnp7g2n800',
    destination: ['recipient@example.com'],
    headersTruncated: 'false',
    headers: [{ name: 'From', value: 'sender@example.net' }],
    commonHeaders: { returnPath: 'sender@example.net', from: 'sender@example.net', to: ['recipient@example.com'], subject: 'Example subject' },
  },
  content: 'From: sender@example.net\r\n\r\nGrüße\r\n',
};

const one = (record: object) => {
  const found = parseReceivedMail(record);
  expect(found).toHaveLength(1);
  return found[0];
};

/** What the refusal of an input says. */
function refusal(input: unknown): string {
  try {
    parseReceivedMail(input);
  } catch (error) {
    if (error instanceof PostmasterError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe.each(WAYS)('%s', (_, wrap) => {
  test('brings what a bare record brings', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...SAMPLES), { minLength: 1, maxLength: 4 }), some => {
      expect(parseReceivedMail(wrap(...some))).toEqual(some.flatMap(parseReceivedMail));
    }), { numRuns: 20 });
  });

  test('is refused, or read, whatever is in it', () => {
    const damaged = fc.tuple(fc.constantFrom(...SAMPLES), fc.jsonValue(), fc.nat()).map(([sample, value, where]) => {
      const record = structuredClone(sample);
      const places: [Record<string, unknown>, string][] = [];
      const visit = (object: Record<string, unknown>) => Object.keys(object).forEach(key => {
        places.push([object, key]);
        if (typeof object[key] === 'object' && object[key] !== null) visit(object[key] as Record<string, unknown>);
      });
      visit(record);
      const [object, key] = places[where % places.length];
      object[key] = value;
      return record;
    });
    fc.assert(fc.property(damaged, record => {
      try {
        parseReceivedMail(wrap(record));
      } catch (error) {
        expect(error).toBeInstanceOf(PostmasterError);
      }
    }), { numRuns: 100 });
  });
});

test('a function is told what a topic is', () => {
  const { notificationType, ...told } = one(sampleReceivedMail('Lambda', { receipt: { action: { topicArn: undefined } } }));
  expect(notificationType).toBe('Received');
  expect(one(sampleReceiptEvent())).toEqual(told);
});

test('each action has its fields', () => {
  expect(TYPES.map(type => one(sampleReceivedMail(type)).receipt.action.type)).toEqual(TYPES);
  const { action } = one(sampleReceivedMail('S3')).receipt;
  expect(action.type === 'S3' && [action.bucketName, action.objectKey]).toEqual(['mail-111122223333', expect.stringMatching(/^support\/\w{40}$/)]);
  expect(one(sampleReceivedMail('Stop', { receipt: { action: { type: 'WORKMAIL' } } })).receipt.action).toMatchObject({ type: 'WorkMail', organizationArn: '' });
});

test('an action that is newer than the library is kept with all that it came with', () => {
  const changes = { receipt: { action: { type: 'Connect', contactId: '4711' } } };
  expect(one(sampleReceivedMail('Stop', changes)).receipt.action).toMatchObject({ type: 'Unknown', unknownType: 'Connect', contactId: '4711' });
  expect(one(sampleReceivedMail('Stop', { receipt: { action: undefined } })).receipt.action).toEqual({ type: 'Unknown', unknownType: '' });
});

test('an old record is evened out', () => {
  const { receipt, mail } = one(OLD);
  expect(receipt).toMatchObject({ processingTimeMillis: 222, recipients: ['recipient@example.com'], spamVerdict: { status: 'PASS' } });
  expect(receipt).not.toHaveProperty('dmarcVerdict');
  expect(mail).toMatchObject({ source: 'sender@example.net', headersTruncated: false, commonHeaders: { from: ['sender@example.net'], subject: 'Example subject' } });
  expect(one({ ...OLD, receipt: { ...OLD.receipt, action: { type: 'S3', bucketName: 'b', objectKey: '\\email' } } }).receipt.action)
    .toEqual({ type: 'S3', bucketName: 'b', objectKey: '\\email' });
});

test.each<[unknown, string | undefined]>([['reject', 'reject'], [{ status: 'REJECT' }, 'reject'], [{ status: 'Quarantine' }, 'quarantine'], [undefined, undefined], [{}, undefined]])(
  'the policy of DMARC comes as %j', (dmarcPolicy, policy) => {
    expect(one(sampleReceivedMail('S3', { receipt: { dmarcPolicy } })).receipt.dmarcPolicy).toBe(policy);
  });

test.each<[unknown, object | undefined]>([['pass', { status: 'PASS' }], [{ status: 'DISABLED' }, { status: 'DISABLED' }], [null, undefined], [{ status: 1 }, undefined]])(
  'a verdict comes as %j', (spamVerdict, verdict) => {
    expect(one(sampleReceivedMail('S3', { receipt: { spamVerdict } })).receipt.spamVerdict).toEqual(verdict);
  });

test('a bounce has no sender, and a message may lack all headers', () => {
  const { mail } = one(sampleReceivedMail('S3', { mail: { source: '<>', headers: undefined, commonHeaders: undefined, destination: undefined } }));
  expect(mail).toMatchObject({ source: '', headers: [], commonHeaders: {}, destination: [] });
});

test('the recipients are those of the envelope', () => {
  const mail = one(sampleReceivedMail('S3', { mail: { destination: ['list@example.org'] }, receipt: { recipients: 'support@example.com' } }));
  expect(mail.receipt.recipients).toEqual(['support@example.com']);
  expect(one(sampleReceivedMail('S3', { receipt: { recipients: undefined } })).receipt.recipients).toEqual([]);
});

test('the input stays as it is, and what was read can be read again', () => {
  const input = [TRANSPORTS['SNS to Lambda'](...SAMPLES), sampleReceiptEvent(), OLD];
  const before = structuredClone(input);
  const mails = parseReceivedMail(input);
  expect(input).toEqual(before);
  expect(parseReceivedMail(mails)).toEqual(mails);
  expect(parseReceivedMail(JSON.stringify(mails))).toEqual(mails);
});

describe('what SES writes to see whether it may is left out', () => {
  const setUp = { mail: { messageId: 'AMAZON_SES_SETUP_NOTIFICATION' } };

  test.each<[string, unknown]>([
    ['as the notification of an action', sampleReceivedMail('S3', setUp)],
    ['as a call of a function', sampleReceiptEvent(setUp)],
    ['without a receipt', { notificationType: 'Received', mail: { messageId: 'AMAZON_SES_SETUP_NOTIFICATION' } }],
    ['as a text', 'AMAZON_SES_SETUP_NOTIFICATION'],
    ['about a topic', { notificationType: 'AmazonSnsSubscriptionSucceeded', message: 'You have successfully subscribed your topic' }],
    ['by SNS', { Type: 'SubscriptionConfirmation', MessageId: 'x', Token: 'token', Message: 'You have chosen to subscribe' }],
  ])('%s', (_, record) => {
    const text = typeof record === 'string' ? record : JSON.stringify(record);
    const ways = [record, { Records: [sqsRecord(text)] }, { Records: [{ Sns: snsEnvelope(text) }] }];
    expect(ways.flatMap(parseReceivedMail)).toEqual([]);
    expect(parseReceivedMail([record, sampleReceiptEvent()])).toHaveLength(1);
  });
});

describe('a refusal names the place', () => {
  const good = sqsRecord(JSON.stringify(sampleReceivedMail('S3')));
  const WHAT = 'received mail comes as JSON, from a receipt rule or in what SNS or SQS make of it [ReceivedMail.notReceived]';

  test.each<[string, unknown, string]>([
    ['of a message among others', { Records: [good, sqsRecord('hello', 'f00d-2')] }, `2 of 2 Records of the input (f00d-2) is a text which is not JSON; ${WHAT}`],
    ['of an object that is nothing', {}, `the input is neither mail that SES received nor a message which holds one; ${WHAT}`],
    ['of an upload to S3', { Records: [{ eventSource: 'aws:s3', s3: {} }] }, `1 of 1 Records of the input is neither mail that SES received nor a message which holds one; ${WHAT}`],
    ['of a bounce of mail that was sent', { notificationType: 'Bounce', bounce: {} }, `the input is about mail that was sent, which parseMailEvents reads; ${WHAT}`],
    ['of a record without its message', { notificationType: 'Received', receipt: {} }, 'the input has no object "mail", without which it is no mail that SES received [ReceivedMail.incomplete]'],
    ['of a message without an id', sampleReceivedMail('S3', { mail: { messageId: '' } }),
      'the input has no "messageId" in its "mail", without which it is no mail that SES received [ReceivedMail.incomplete]'],
    ['of a record without a receipt', { notificationType: 'Received', mail: { messageId: 'x' } },
      'the input has no object "receipt", without which it is no mail that SES received [ReceivedMail.incomplete]'],
  ])('%s', (_, input, message) => {
    expect(refusal(input)).toBe(message);
  });

  test('and no address, wherever there is one', () => {
    const address = 'jane.doe@example.net';
    const withAddress = fc.constantFrom<unknown>(
      address, { messageId: address, body: address }, { notificationType: address }, { notificationType: 'Received', mail: address }, { Records: [{ MessageId: address, Message: 5 }] },
      { receipt: address }, sampleReceivedMail('S3', { mail: { messageId: undefined } }), { ses: address },
    );
    fc.assert(fc.property(withAddress, fc.constantFrom(...WAYS.map(([, wrap]) => wrap)), (input, wrap) => {
      for (const each of [input, JSON.stringify(input), wrap(input as object)]) expect(refusal(each)).not.toContain('jane');
    }));
  });
});

describe('the content of the SNS action', () => {
  const bytes = Buffer.concat([Buffer.from(SAMPLE_MESSAGE), Buffer.from([0xff, 0xfe, 0x00, 0x80])]);
  const content = (text: string, encoding?: string) => receivedContent(one(sampleReceivedMail('SNS', { content: text, receipt: { action: { encoding } } })));

  test.each(['BASE64', 'Base64', undefined])('is restored byte by byte from Base64, called %s', encoding => {
    expect(content(bytes.toString('base64'), encoding)).toEqual(bytes);
  });

  test.each(['UTF8', 'UTF-8', undefined])('is a text otherwise, called %s', encoding => {
    expect(content(OLD.content, encoding)).toEqual(Buffer.from(OLD.content));
  });

  test('is what the sample says', () => {
    expect(receivedContent(one(sampleReceivedMail('SNS')))!.toString()).toBe(SAMPLE_MESSAGE);
    expect(receivedContent(one(OLD))!.toString()).toBe(OLD.content);
  });

  test('is missing from other actions', () => {
    expect(receivedContent(one(sampleReceivedMail('S3')))).toBeUndefined();
  });

  test('is refused when it is not in the encoding that it should be in', () => {
    const { messageId } = sampleReceivedMail('SNS').mail as { messageId: string };
    expect(() => content('From: Jane', 'BASE64')).toThrow(
      `the content of message ${messageId} is not the Base64 that its notification says it is; it was changed on its way [ReceivedMail.content]`);
  });
});

test.each<[unknown, string]>([
  [{ disposition: 'STOP_RULE' }, 'STOP_RULE'], [{ disposition: 'STOP_RULE_SET', more: 1 }, 'STOP_RULE_SET'], [{ disposition: 'CONTINUE' }, 'CONTINUE'],
  [{ disposition: 'stop_rule' }, 'CONTINUE'], [{ disposition: ['STOP_RULE'] }, 'CONTINUE'], ['STOP_RULE', 'CONTINUE'], [null, 'CONTINUE'], [undefined, 'CONTINUE'],
])('a function that returns %j says %s', (result, disposition) => {
  expect(dispositionOf(result)).toBe(disposition);
});
