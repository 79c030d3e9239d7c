/* The handler as it is deployed, with the real SDK and over the real wire, against services that are fakes. */
import { createCipheriv, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import PostalMime from 'postal-mime';
import { FORWARD_VARIABLE, type ForwardSettings } from '../../src/forwarding/forward-constants';
import { handler } from '../../src/forwarding/forward.lambda';
import { destinationId, forwarderToken, returnPath } from '../../src/forwarding/return-path';
import { rewriteMessage } from '../../src/forwarding/rewrite-message.lambda-shared';
import { SET_UP_ID } from '../../src/inbox/normalize-received-mail';
import { SAMPLE_MESSAGE, sampleReceivedMail } from '../../src/inbox/sample-received-mail';
import { FakeBucket } from '../support/fake-bucket';
import { FakeJsonService, type Json } from '../support/fake-json-service';
import { FakeQueue } from '../support/fake-queue';
import { FakeRawOutbox } from '../support/fake-raw-outbox';
import { Refusal } from '../support/fake-service';
import { hurry } from '../support/hurry';
import { captureMetrics, type LoggedMetrics } from '../support/metric-log';
import { sqsRecord } from '../support/transports';

const QUEUE_URL = 'https://sqs.eu-west-1.amazonaws.com/111122223333/forwarder';
const TOKEN = forwarderToken(QUEUE_URL);
const SENDER = 'forwarder@example.com';
const ANN = 'ann@example.org';
const BOB = 'bob@example.net';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1';

/** A fake of Decrypt of KMS: the key of a message is wrapped by being written backwards. */
class FakeKms extends FakeJsonService {
  protected operationOf({ headers }: IncomingMessage): string | undefined {
    return headers['x-amz-target'] === 'TrentService.Decrypt' ? 'Decrypt' : undefined;
  }

  protected carryOut(_: string, { CiphertextBlob, KeyId, EncryptionContext }: Json): Json {
    if (KeyId !== KEY || (EncryptionContext as Json)['aws:ses:message-id'] === undefined) throw new Refusal(400, 'InvalidCiphertextException', 'no');
    return { Plaintext: Buffer.from(String(CiphertextBlob), 'base64').reverse().toString('base64'), KeyId };
  }
}

const bucket = new FakeBucket('mail');
const outbox = new FakeRawOutbox();
const queue = new FakeQueue(QUEUE_URL);
const kms = new FakeKms();
const services = [bucket, outbox, queue, kms];

let metrics: () => LoggedMetrics[];
let log: jest.SpyInstance;

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_S3: bucket.endpoint,
    AWS_ENDPOINT_URL_SESV2: outbox.endpoint,
    AWS_ENDPOINT_URL_SQS: queue.endpoint,
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
  });
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });

beforeEach(() => {
  services.forEach(service => service.reset());
  outbox.verified.add('example.com');
  configure();
  metrics = captureMetrics();
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => {
  const said = JSON.stringify([metrics(), log.mock.calls]);
  jest.restoreAllMocks();
  expect(said).not.toMatch(/(?<![0-9a-f]{64})@|Where is my order/);
});

function configure(settings: Partial<ForwardSettings> = {}): void {
  process.env[FORWARD_VARIABLE] = JSON.stringify({
    forwarder: 'Forwarder',
    routes: [['support@example.com', [ANN]]],
    sender: SENDER,
    forwardSuspicious: false,
    queueUrl: QUEUE_URL,
    bucketName: 'mail',
    bucketUrl: 'https://mail.s3.eu-west-1.amazonaws.com',
    ...settings,
  } satisfies ForwardSettings);
}

/** What SES tells of a message that it has stored. */
function stored(message: string | Buffer = SAMPLE_MESSAGE, changes: Record<string, unknown> = {}, metadata?: Record<string, string>): string {
  bucket.put('forwarding/1', Buffer.from(message), metadata);
  const action = { bucketName: 'mail', objectKey: 'forwarding/1', objectKeyPrefix: 'forwarding/' };
  return JSON.stringify(sampleReceivedMail('S3', { ...changes, receipt: { action, ...changes.receipt as object } }));
}

/** Hands bodies to the handler and returns how many have to come again. */
async function receive(...bodies: string[]): Promise<number> {
  const { batchItemFailures } = await handler({ Records: bodies.map((body, index) => sqsRecord(body, `m${index}`)) } as never, { getRemainingTimeInMillis: () => 120_000 });
  return batchItemFailures.length;
}

const counted = () => metrics().map(({ values, line: { reason, form, destination } }) => ({ ...values, reason, form, destination }));

describe('mail for one destination', () => {
  test('is sent there, rewritten, in one call', async () => {
    expect(await receive(stored())).toBe(0);
    const path = returnPath(SENDER, TOKEN, ANN);
    expect(outbox.sent).toEqual([{ sender: SENDER, to: ANN, feedbackAddress: path, configurationSet: undefined, raw: expect.any(Buffer) }]);
    expect(outbox.sent[0].raw.equals(rewriteMessage(Buffer.from(SAMPLE_MESSAGE), { sender: SENDER, returnPath: path, via: 'support', token: TOKEN }))).toBe(true);
    expect([bucket.calls, queue.bodies]).toEqual([['GetObject'], []]);
    expect(counted()).toEqual([{ ForwardedMail: 1, form: 'message', destination: destinationId(ANN) }]);
    expect(metrics()[0]).toMatchObject({ namespace: 'CdkPostmaster', dimensions: { MailForwarder: 'Forwarder' } });
  });

  test('reaches its reader with author, answers, subject and text', async () => {
    configure({ via: 'the shop', configurationSet: 'forwarded' });
    await receive(stored());
    expect(await PostalMime.parse(outbox.sent[0].raw)).toMatchObject({
      from: { name: 'Jane Doe via the shop', address: SENDER },
      replyTo: [{ name: 'Jane Doe', address: 'jane.doe@example.net' }],
      to: [{ address: 'support@example.com' }],
      subject: 'Where is my order?',
      text: expect.stringContaining('I ordered two books'),
    });
    expect(outbox.sent[0].configurationSet).toBe('forwarded');
  });

  test('that SES has encrypted is decrypted', async () => {
    configure({ messageKeyArn: KEY });
    const [key, iv] = [randomBytes(32), randomBytes(12)];
    const aes = createCipheriv('aes-256-gcm', key, iv);
    const body = Buffer.concat([aes.update(SAMPLE_MESSAGE), aes.final(), aes.getAuthTag()]);
    const { mail: { messageId } } = sampleReceivedMail('S3') as { mail: { messageId: string } };
    expect(await receive(stored(body, {}, {
      'x-amz-key-v2': Buffer.from(key).reverse().toString('base64'),
      'x-amz-iv': iv.toString('base64'),
      'x-amz-cek-alg': 'AES/GCM/NoPadding',
      'x-amz-wrap-alg': 'kms',
      'x-amz-tag-len': '128',
      'x-amz-matdesc': JSON.stringify({ 'aws:ses:message-id': messageId }),
    }))).toBe(0);
    expect((await PostalMime.parse(outbox.sent[0].raw)).text).toContain('I ordered two books');
  });

  test('that should be encrypted and is not is no mail of SES, and is not sent', async () => {
    configure({ messageKeyArn: KEY });
    expect(await receive(stored())).toBe(1);
    expect(outbox.sent).toEqual([]);
  });
});

describe('routes', () => {
  const ROUTES: ForwardSettings['routes'] = [['sales+vip@example.com', ['vip@example.org']], ['sales@example.com', [BOB]], ['example.com', [ANN]], ['.example.com', ['sub@example.org']]];

  test.each([
    ['sales@example.com', BOB], ['sales+x@example.com', BOB], ['sales+vip@example.com', 'vip@example.org'], ['anybody@example.com', ANN], ['anybody@a.b.example.com', 'sub@example.org'],
  ])('the narrowest counts: %s to %s', async (recipient, destination) => {
    configure({ routes: ROUTES });
    await receive(stored(SAMPLE_MESSAGE, { receipt: { recipients: [recipient] } }));
    expect(outbox.sent.map(({ to }) => to)).toEqual([destination]);
  });

  test('mail for nobody that is known is counted, and stays in the bucket', async () => {
    expect(await receive(stored(SAMPLE_MESSAGE, { receipt: { recipients: ['other@example.com'] } }))).toBe(0);
    expect(counted()).toEqual([{ NotForwardedMail: 1, reason: 'no route for its recipients' }]);
    expect(bucket.calls).toEqual([]);
  });
});

describe('mail for several destinations', () => {
  const many = Array.from({ length: 12 }, (_, index) => `reader${index}@example.org`);

  test('becomes an errand for each, which is worked on for itself', async () => {
    configure({ routes: [['support@example.com', [ANN, BOB]]] });
    expect(await receive(stored())).toBe(0);
    expect([outbox.sent, bucket.calls, queue.bodies.length]).toEqual([[], [], 2]);
    outbox.unverifiedRecipients.add(ANN);
    expect(await receive(...queue.bodies)).toBe(1);
    expect(outbox.sent.map(({ to, feedbackAddress }) => [to, feedbackAddress])).toEqual([[BOB, returnPath(SENDER, TOKEN, BOB)]]);
  });

  test('gets there once, also when several recipients lead there', async () => {
    configure({ routes: [['support@example.com', [ANN]], ['example.com', ['Ann@Example.org', BOB]]] });
    await receive(stored(SAMPLE_MESSAGE, { receipt: { recipients: ['support@example.com', 'sales@example.com', 'info@example.com'] } }));
    expect(queue.bodies.map(body => (JSON.parse(body) as { copy: { destination: string } }).copy.destination.toLowerCase())).toEqual([ANN, BOB]);
  });

  test('can be for more than SQS takes at once, and what SQS does not take is sent again, alone', async () => {
    hurry();
    configure({ routes: [['support@example.com', many]] });
    queue.failingEntries = 2;
    expect(await receive(stored())).toBe(0);
    expect(new Set(queue.bodies).size).toBe(12);
    expect(queue.bodies).toHaveLength(12);
  });
});

describe('mail that does no good', () => {
  const receipt = (changes: object) => stored(SAMPLE_MESSAGE, { receipt: changes });
  const DMARC = (policy?: string) => ({ dmarcVerdict: { status: 'FAIL' }, dmarcPolicy: policy });

  test.each<[what: string, changes: object, reason: string | undefined, anyway: boolean]>([
    ['a virus', { virusVerdict: { status: 'FAIL' } }, 'virus', false],
    ['spam', { spamVerdict: { status: 'FAIL' } }, 'spam', true],
    ['mail that a domain wants rejected', DMARC('reject'), 'fails the DMARC policy of its domain', true],
    ['mail that a domain wants quarantined', DMARC('quarantine'), 'fails the DMARC policy of its domain', true],
    ['mail that a domain only wants to hear of', DMARC('none'), undefined, true],
    ['what may be spam', { spamVerdict: { status: 'GRAY' } }, undefined, true],
    ['what SPF does not vouch for', { spfVerdict: { status: 'FAIL' } }, undefined, true],
    ['what nobody has looked at', { spamVerdict: { status: 'DISABLED' }, virusVerdict: undefined }, undefined, true],
  ])('%s', async (_, changes, reason, anyway) => {
    expect(await receive(receipt(changes))).toBe(0);
    expect(outbox.sent).toHaveLength(reason === undefined ? 1 : 0);
    if (reason) expect(counted()).toEqual([{ NotForwardedMail: 1, reason }]);
    outbox.sent.length = 0;
    configure({ forwardSuspicious: true });
    await receive(receipt(changes));
    expect(outbox.sent).toHaveLength(anyway ? 1 : 0);
  });
});

describe('mail in a circle', () => {
  test('ends where it was before', async () => {
    await receive(stored());
    await receive(stored(outbox.sent[0].raw));
    expect(outbox.sent).toHaveLength(1);
    expect(counted()[1]).toEqual({ NotForwardedMail: 1, reason: 'loop: this forwarder has sent it before', destination: destinationId(ANN) });
  });

  test('of several forwarders ends after some', async () => {
    const marks = (count: number) => stored('X-Postmaster-Forwarded: other\r\n'.repeat(count) + SAMPLE_MESSAGE);
    await receive(marks(4));
    await receive(marks(5));
    expect([outbox.sent.length, counted()[1].reason]).toEqual([1, 'loop: too many forwarders have sent it']);
  });

  test('of servers that mark nothing ends, too', async () => {
    const received = (count: number) => stored('Received: from a by b\r\n'.repeat(count - 1) + SAMPLE_MESSAGE);
    await receive(received(50));
    await receive(received(51));
    expect([outbox.sent.length, counted()[1].reason]).toEqual([1, 'loop: it went through too many servers']);
  });

  test('cannot begin with a bounce: it goes to the return path, and no further', async () => {
    configure({ routes: [['example.com', [ANN]]] });
    const path = returnPath(SENDER, TOKEN, ANN);
    expect(await receive(stored(SAMPLE_MESSAGE, { mail: { source: '' }, receipt: { recipients: [path.toUpperCase()] } }))).toBe(0);
    expect(outbox.sent).toEqual([]);
    expect(counted()).toEqual([{ ReturnedMail: 1, destination: destinationId(ANN) }]);
  });

  test('a tag of the sender that is no return path of this forwarder is an address like others', async () => {
    configure({ routes: [['example.com', [ANN]]] });
    for (const recipient of [`forwarder+fwd-${TOKEN}-12@example.com`, `forwarder+fwd-ffffffff-${destinationId(ANN)}@example.com`]) {
      await receive(stored(SAMPLE_MESSAGE, { receipt: { recipients: [recipient] } }));
    }
    expect(outbox.sent).toHaveLength(2);
  });
});

describe('mail that SES does not send as it is', () => {
  const LONG_LINE = SAMPLE_MESSAGE.replace('I ordered', `${'x'.repeat(2_000)} I ordered`);

  test.each([['a line that is too long', LONG_LINE], ['a line in the header that is no field', SAMPLE_MESSAGE.replace('Subject:', 'no field\r\nSubject:')]])(
    'comes as an attachment: %s', async (_, message) => {
      expect(await receive(stored(message))).toBe(0);
      const { from, replyTo, subject, text, attachments, headers } = await PostalMime.parse(outbox.sent[0].raw);
      expect({ from, replyTo, subject }).toEqual({
        from: { name: 'Jane Doe via support', address: SENDER }, replyTo: [{ name: 'Jane Doe', address: 'jane.doe@example.net' }], subject: 'Fwd: Where is my order?',
      });
      expect(text).toContain('A message to support@example.com could not be sent on as it is. It is attached.');
      expect(attachments.map(({ filename, content }) => [filename, Buffer.from(content as ArrayBuffer).toString()])).toEqual([['message.eml', message]]);
      expect(headers.filter(({ key }) => key === 'auto-submitted')).toHaveLength(1);
      expect(counted()).toEqual([expect.objectContaining({ ForwardedMail: 1, form: 'attachment' })]);
    });

  test('and that is too large to be attached is kept, and its reader is told where', async () => {
    const message = Buffer.concat([Buffer.from(LONG_LINE), Buffer.alloc(31 * 1024 * 1024, `${'x'.repeat(900)}\r\n`)]);
    expect(await receive(stored(message))).toBe(0);
    const { text, attachments } = await PostalMime.parse(outbox.sent[0].raw);
    expect([text?.trim(), attachments]).toEqual([`A message of ${message.length} bytes to support@example.com could not be sent on. It is kept at s3://mail/forwarding/1`, []]);
    expect(counted()[0]).toMatchObject({ form: 'notice' });
  });

  test('does not go in a circle as an attachment either', async () => {
    await receive(stored(LONG_LINE));
    await receive(stored(outbox.sent[0].raw));
    expect(outbox.sent).toHaveLength(1);
  });

  test('since it does not send to that destination at all comes again, and the first reason is logged', async () => {
    outbox.unverifiedRecipients.add(ANN);
    expect(await receive(stored())).toBe(1);
    expect(outbox.calls).toHaveLength(3);
    expect(JSON.parse(log.mock.calls.at(-1)![0] as string)).toMatchObject({ notice: 'failed, comes again', failure: expect.stringContaining('MessageRejected: Email address is not verified') });
  });
});

describe('what fails', () => {
  test('for now is tried again at once, as long as there is time', async () => {
    hurry();
    outbox.refuseNext(3, new Refusal(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.'));
    bucket.refuseNext(1, new Refusal(503, 'SlowDown', 'Please reduce your request rate.'));
    expect(await receive(stored())).toBe(0);
    expect([outbox.calls.length, bucket.calls.length]).toEqual([4, 2]);
  });

  test.each([['SendingPausedException', 400], ['LimitExceededException', 400], ['AccountSuspendedException', 400], ['NotFoundException', 404]])(
    'because of the account is no matter of the message, and comes again: %s', async (code, status) => {
      hurry();
      outbox.refuseNext(1_000, new Refusal(status, code, 'No.'));
      expect(await receive(stored())).toBe(1);
      expect(outbox.sent).toEqual([]);
    });

  test('because the message is gone comes again, until it is a dead letter', async () => {
    const body = stored();
    bucket.reset();
    expect(await receive(body)).toBe(1);
    expect(JSON.parse(log.mock.calls[0][0] as string)).toEqual({ notice: 'failed, comes again', message: 'm0', failure: 'NoSuchKey: S3 answered 404' });
  });

  test('because it is no mail comes again, and holds up nothing else', async () => {
    expect(await receive('{"hello":"world"}', stored())).toBe(1);
    expect(outbox.sent).toHaveLength(1);
  });

  test('what SES sends in order to try the bucket out is nothing at all', async () => {
    expect(await receive(JSON.stringify(sampleReceivedMail('S3', { mail: { messageId: SET_UP_ID } })))).toBe(0);
    expect([bucket.calls, metrics()]).toEqual([[], []]);
  });
});
