/**
 * The Availability Zones in which SES's interface endpoint for SMTP cannot have a network interface, by Region. They are zone IDs: which zone an account
 * sees under a name like `us-east-1a` differs from account to account.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html
 */
export const ZONES_WITHOUT_SMTP_ENDPOINT: Readonly<Record<string, readonly string[]>> = {
  'ap-northeast-2': ['apne2-az4'],
  'ca-central-1': ['cac1-az3', 'cac1-az4'],
  'us-east-1': ['use1-az2', 'use1-az3', 'use1-az5'],
  'us-west-1': ['usw1-az2'],
  'us-west-2': ['usw2-az4'],
};
