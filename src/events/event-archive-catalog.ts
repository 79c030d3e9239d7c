import { Names, Size, Stack, Tokenization } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import type { Construct } from 'constructs';
import type { ArchiveStore } from './event-archive-store';
import { DAY_COLUMN, EVENT_COLUMNS } from './event-archive-table';
import { eventQueries } from './event-queries';
import { fail } from '../private/errors';

/** By what names the records can be queried. */
export interface ArchiveCatalog {
  readonly databaseName: string;
  readonly tableName: string;
  readonly workGroupName: string;
}

const TABLE_NAME = 'events';

/** At five dollars a terabyte, a query cannot cost more than five cents. Compressed records of many million events fit in. */
const DEFAULT_QUERY_LIMIT = Size.gibibytes(10);

/** The least that Athena takes, in bytes. */
const QUERY_LIMIT_MIN = 10_000_000;

/**
 * The records of a store as a table, with a work group and queries to start from.
 */
export function archiveCatalog(scope: Construct, store: ArchiveStore, queryLimit: Size = DEFAULT_QUERY_LIMIT): ArchiveCatalog {
  // Glue has lower-case names only; CloudFormation makes none up for a database or a work group
  const name = Names.uniqueResourceName(scope, { maxLength: 128, separator: '_' }).toLowerCase();
  createTable(scope, store, name);
  const workGroup = createWorkGroup(scope, store, name, checkLimit(scope, queryLimit));
  for (const { id, name: title, description, sql } of eventQueries(`"${name}"."${TABLE_NAME}"`)) {
    new athena.CfnNamedQuery(scope, `${id}Query`, { name: title, description, queryString: sql, database: name, workGroup: workGroup.ref });
  }
  return { databaseName: name, tableName: TABLE_NAME, workGroupName: workGroup.ref };
}

function checkLimit(scope: Construct, limit: Size): number {
  const bytes = limit.toBytes();
  if (!limit.isUnresolved() && bytes < QUERY_LIMIT_MIN) {
    fail('EventArchive.queryLimit', `queryLimit is ${bytes} bytes; Athena takes ${QUERY_LIMIT_MIN} (10 MB) or more`, scope);
  }
  return bytes;
}

function createTable(scope: Construct, store: ArchiveStore, databaseName: string): void {
  const catalogId = Stack.of(scope).account;
  const database = new glue.CfnDatabase(scope, 'Database', {
    catalogId, databaseInput: { name: databaseName, description: 'Events of mail that was sent through Amazon SES' },
  });
  new glue.CfnTable(scope, 'Table', {
    catalogId,
    databaseName: database.ref,
    tableInput: {
      name: TABLE_NAME,
      description: 'One row for each event, as SES publishes it. Limit queries to days: dt >= \'2026-07-10\'',
      tableType: 'EXTERNAL_TABLE',
      parameters: { EXTERNAL: 'TRUE', classification: 'json', ...dayProjection(store) },
      partitionKeys: [DAY_COLUMN],
      storageDescriptor: {
        columns: [...EVENT_COLUMNS],
        location: store.bucket.s3UrlForObject(store.records),
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        serdeInfo: {
          serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
          // columns are in lower case, names in records are not
          parameters: { 'case.insensitive': 'true', 'ignore.malformed.json': 'true' },
        },
      },
    },
  });
}

/** Athena works out by itself which days there are and where: no crawler, no partitions to add. The folders have the form that it takes for granted. */
function dayProjection(store: ArchiveStore): Record<string, string> {
  const day = `projection.${DAY_COLUMN.name}`;
  return {
    'projection.enabled': 'true',
    [`${day}.type`]: 'date',
    [`${day}.format`]: 'yyyy-MM-dd',
    [`${day}.range`]: `NOW-${Tokenization.stringifyNumber(store.retention.toDays())}DAYS,NOW`,
    [`${day}.interval`]: '1',
    [`${day}.interval.unit`]: 'DAYS',
  };
}

function createWorkGroup(scope: Construct, store: ArchiveStore, name: string, bytesScannedCutoffPerQuery: number): athena.CfnWorkGroup {
  const key = store.bucket.encryptionKey;
  return new athena.CfnWorkGroup(scope, 'WorkGroup', {
    name,
    description: 'Queries over the events of Amazon SES',
    // saved queries and the history belong to the group, and Athena would not delete a group that has any
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      // nobody's own settings take results elsewhere, or without encryption
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery,
      resultConfiguration: {
        outputLocation: store.bucket.s3UrlForObject(store.results),
        encryptionConfiguration: key ? { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn } : { encryptionOption: 'SSE_S3' },
      },
    },
  });
}
