import { median } from './figures';
import type { Workshop } from './workshop';

/** How quickly events are read, of one way by which they come. */
export interface ParsingResult {
  readonly transport: string;
  /** Events a second. */
  readonly events: number;
  /** Megabytes of text a second. */
  readonly megabytes: number;
  /** The speed of bare `JSON.parse` on the same bytes, layer by layer as they are wrapped, is 1. */
  readonly ofJsonParse: number;
}

interface Turns {
  readonly transport: string;
  readonly count: number;
  readonly bytes: number;
  readonly bare: number[];
  readonly ours: number[];
}

/**
 * Reads samples of all ten types and compares with what nobody can do without. The two take turns in one process; the first turns warm up and are left out.
 */
export async function measureParsing(workshop: Workshop): Promise<ParsingResult[]> {
  const results = await workshop.evaluate<Turns[]>(SCRIPT);
  return results.map(({ transport, count, bytes, bare, ours }) => ({
    transport,
    events: count / median(ours) * 1e9,
    megabytes: bytes / median(ours) * 1e3,
    ofJsonParse: median(ours.map((time, turn) => bare[turn] / time)),
  }));
}

const SCRIPT = `
  const { parseMailEvents } = require('./lib/events/parse-events');
  const { sampleEvent } = require('./lib/events/sample-events');
  const types = ['Send', 'Rendering Failure', 'Reject', 'Delivery', 'Bounce', 'Complaint', 'DeliveryDelay', 'Subscription', 'Open', 'Click'];
  const records = types.map(type => JSON.stringify(sampleEvent(type)));
  const envelope = Message => JSON.stringify({
    Type: 'Notification', MessageId: 'id', TopicArn: 'arn:aws:sns:eu-west-1:111122223333:feedback', Message, Timestamp: '2026-07-10T08:15:44.100Z',
    SignatureVersion: '1', Signature: 'x'.repeat(344), SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/', UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/',
  });
  const sqs = bodies => ({ Records: bodies.map(body => ({ messageId: 'id', eventSource: 'aws:sqs', body })) });
  const enveloped = records.map(envelope);
  const data = Buffer.from(records.map(record => record + '\\n').join('')).toString('base64');
  const transports = {
    'records': { input: records, bare: () => records.forEach(text => JSON.parse(text)) },
    'SQS, raw': { input: sqs(records), bare: () => records.forEach(text => JSON.parse(text)) },
    'SQS with the envelope of SNS': { input: sqs(enveloped), bare: () => enveloped.forEach(text => JSON.parse(JSON.parse(text).Message)) },
    'Firehose': {
      input: { records: [{ recordId: 'id', data }] },
      bare: () => Buffer.from(data, 'base64').toString('utf8').split('\\n').forEach(line => line && JSON.parse(line)),
    },
  };
  const timed = work => {
    const start = process.hrtime.bigint();
    for (let time = 0; time < 1000; time++) work();
    return Number(process.hrtime.bigint() - start);
  };
  const results = Object.entries(transports).map(([transport, { input, bare }]) => {
    const turns = Array.from({ length: 15 }, () => [timed(bare), timed(() => parseMailEvents(input))]).slice(4);
    const bytes = 1000 * records.reduce((sum, record) => sum + record.length, 0);
    return { transport, count: 1000 * records.length, bytes, bare: turns.map(([time]) => time), ours: turns.map(([, time]) => time) };
  });
  process.send(results);
`;
