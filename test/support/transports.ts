/* Records of SES as the services bring them to a function. */

type Transport = (...records: object[]) => unknown;

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:feedback';
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:feedback';
const ID = '7f3c1f0e-8b1c-5d2e-9a43-4c5d6e7f8a9b';

/** What SNS makes of a message. */
export function snsEnvelope(message: string): object {
  return {
    Type: 'Notification',
    MessageId: ID,
    TopicArn: TOPIC,
    Subject: 'Amazon SES Email Event Notification',
    Message: message,
    Timestamp: '2026-07-10T08:15:44.100Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLE==',
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/cert.pem',
    UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/',
  };
}

/** What SQS makes of a message body. */
export function sqsRecord(body: string, messageId: string = ID): object {
  return {
    messageId,
    receiptHandle: 'handle',
    body,
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: {},
    md5OfBody: 'md5',
    eventSource: 'aws:sqs',
    eventSourceARN: QUEUE,
    awsRegion: 'eu-west-1',
  };
}

function eventBridgeEvent(record: object): object {
  return {
    'version': '0',
    'id': ID,
    'detail-type': 'Email Bounced',
    'source': 'aws.ses',
    'account': '111122223333',
    'time': '2026-07-10T08:15:44Z',
    'region': 'eu-west-1',
    'resources': ['arn:aws:ses:eu-west-1:111122223333:configuration-set/transactional'],
    'detail': record,
  };
}

function firehoseRecord(text: string, index = 0): object {
  return { recordId: `49546986683135544286507457936321625675700192471156785154000${index}`, approximateArrivalTimestamp: 1, data: Buffer.from(text).toString('base64') };
}

const lines = (records: object[]) => records.map(record => `${JSON.stringify(record)}\n`).join('');

/** Every way by which records come. */
export const TRANSPORTS: Record<string, Transport> = {
  'a list': (...records) => records,
  'a text': (...records) => JSON.stringify(records),
  'lines': (...records) => lines(records),
  'laid out text': (...records) => JSON.stringify(records, null, 2),
  'a message of SNS': (...records) => records.map(record => snsEnvelope(JSON.stringify(record))),
  'SNS to Lambda': (...records) => ({ Records: records.map(record => ({ EventSource: 'aws:sns', EventVersion: '1.0', Sns: snsEnvelope(JSON.stringify(record)) })) }),
  'SNS whose message is no text': (...records) => records.map(record => ({ ...snsEnvelope(''), Message: record })),
  'SQS with the envelope of SNS': (...records) => ({ Records: records.map(record => sqsRecord(JSON.stringify(snsEnvelope(JSON.stringify(record))))) }),
  'SQS, raw': (...records) => ({ Records: records.map(record => sqsRecord(JSON.stringify(record))) }),
  'EventBridge': (...records) => records.map(eventBridgeEvent),
  'EventBridge to SQS': (...records) => ({ Records: records.map(record => sqsRecord(JSON.stringify(eventBridgeEvent(record)))) }),
  'Firehose': (...records) => ({ invocationId: ID, deliveryStreamArn: 'arn', region: 'eu-west-1', records: records.map((record, index) => firehoseRecord(lines([record]), index)) }),
  'Firehose, several in one': (...records) => ({ invocationId: ID, deliveryStreamArn: 'arn', region: 'eu-west-1', records: [firehoseRecord(lines(records))] }),
};
