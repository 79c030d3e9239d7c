/*
 * Takes personal data out of the records of events on their way into the archive.
 *
 * Firehose hands over a batch and wants one answer for each record. A record that cannot be read is handed back as failed, so that Firehose writes it, as it
 * was, to the place of the failures: nothing is lost, and nothing gets among the others unredacted. Nothing of a record is logged.
 */
import type { FirehoseTransformationEvent, FirehoseTransformationEventRecord, FirehoseTransformationResult, FirehoseTransformationResultRecord } from 'aws-lambda';
import { redactRecord } from './redaction';

export const handler = async (event: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> => {
  const records = event.records.map(transform);
  const failed = records.filter(({ result }) => result !== 'Ok').length;
  if (failed > 0) console.error(JSON.stringify({ notice: 'not the record of an event; handed back as it was', failed, of: records.length }));
  return { records };
};

function transform({ recordId, data }: FirehoseTransformationEventRecord): FirehoseTransformationResultRecord {
  try {
    const record: unknown = JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return { recordId, result: 'ProcessingFailed', data };
    // the records of an object in S3 are its lines; SES ends them with a newline, and so does this
    return { recordId, result: 'Ok', data: Buffer.from(`${JSON.stringify(redactRecord(record))}\n`).toString('base64') };
  } catch {
    return { recordId, result: 'ProcessingFailed', data };
  }
}
