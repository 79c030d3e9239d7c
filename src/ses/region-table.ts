/** What SES offers in one Region. Hosts follow from the name by pattern, so only what differs is written down. */
export interface RegionRow {
  /** The AWS partition. */
  readonly partition: string;
  /** Whether a receipt rule set can receive mail there. */
  readonly receiving: boolean;
  /** Whether SES runs an open and click tracking domain there. */
  readonly tracking: boolean;
  /** Whether Easy DKIM records point into a zone of the Region's own instead of the shared one. */
  readonly regionalDkim: boolean;
  /** Whether clients can submit mail by SMTP there. */
  readonly smtp: boolean;
  /** Whether the API has a host there which uses validated cryptography only (FIPS 140). */
  readonly fips: boolean;
}

const AWS = 'aws';
const GOV = 'aws-us-gov';

/** Where SES has the API only: the name of the SMTP host leads nowhere. */
const WITHOUT_SMTP: ReadonlySet<string> = new Set([
  'af-south-1', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-5', 'ca-west-1', 'eu-central-2', 'eu-south-1', 'il-central-1', 'me-central-1', 'me-south-1',
]);

const WITH_FIPS: ReadonlySet<string> = new Set([
  'ca-central-1', 'us-east-1', 'us-east-2', 'us-gov-east-1', 'us-gov-west-1', 'us-west-1', 'us-west-2',
]);

/** Region, partition, receiving, tracking, regional DKIM zone. */
const ROWS: [string, string, boolean, boolean, boolean][] = [
  ['af-south-1', AWS, false, true, true],
  ['ap-northeast-1', AWS, true, true, false],
  ['ap-northeast-2', AWS, false, true, false],
  ['ap-northeast-3', AWS, false, true, true],
  ['ap-south-1', AWS, false, true, false],
  ['ap-south-2', AWS, true, true, true],
  ['ap-southeast-1', AWS, true, true, false],
  ['ap-southeast-2', AWS, true, true, false],
  ['ap-southeast-3', AWS, true, true, true],
  ['ap-southeast-5', AWS, true, true, true],
  ['ca-central-1', AWS, true, true, false],
  ['ca-west-1', AWS, true, true, true],
  ['eu-central-1', AWS, true, true, false],
  ['eu-central-2', AWS, true, true, true],
  ['eu-north-1', AWS, false, true, false],
  ['eu-south-1', AWS, false, true, true],
  ['eu-west-1', AWS, true, true, false],
  ['eu-west-2', AWS, true, true, false],
  ['eu-west-3', AWS, false, false, false],
  ['il-central-1', AWS, false, true, true],
  ['me-central-1', AWS, true, true, true],
  ['me-south-1', AWS, false, true, false],
  ['sa-east-1', AWS, false, true, false],
  ['us-east-1', AWS, true, true, false],
  ['us-east-2', AWS, true, true, false],
  ['us-gov-east-1', GOV, true, true, true],
  ['us-gov-west-1', GOV, false, true, false],
  ['us-west-1', AWS, false, true, false],
  ['us-west-2', AWS, true, true, false],
];

/**
 * The Regions in which SES sends mail.
 *
 * Feedback endpoints and the Regions with and without receiving: the SES developer guide. Regions that opened later are taken as receiving,
 * since nothing says that they cannot; `SesRegion` lets an app correct a row. Regions without SMTP: the guide names five, and the others have no such host either.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/ses.html
 */
export const REGION_TABLE: ReadonlyMap<string, RegionRow> = new Map(
  ROWS.map(([name, partition, receiving, tracking, regionalDkim]) => [
    name, { partition, receiving, tracking, regionalDkim, smtp: !WITHOUT_SMTP.has(name), fips: WITH_FIPS.has(name) },
  ]),
);

/**
 * The Regions that an account has to switch on before it can use them. SES writes mail into buckets there through a role only.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export const OPT_IN_REGIONS: ReadonlySet<string> = new Set([
  'af-south-1', 'ap-east-1', 'ap-east-2', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-west-1',
  'eu-central-2', 'eu-south-1', 'eu-south-2', 'il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1',
]);
