/**
 * The limits of SES that the library checks before AWS does. Counts are per account and Region unless the name says otherwise.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/quotas.html
 */
export const SES_LIMITS = {
  identities: 10_000,
  tagsPerResource: 50,
  configurationSets: 10_000,
  eventDestinationsPerConfigurationSet: 10,
  dimensionsPerCloudWatchDestination: 10,
  dedicatedIpPools: 50,
  recipientsPerMessage: 50,
  messageBytes: 40 * 1024 * 1024,
  messageBytesApiV1: 10 * 1024 * 1024,
  mimePartsPerMessage: 500,
  templates: 20_000,
  templateBytes: 500 * 1024,
  destinationsPerBulkCall: 50,
  receiptRuleSets: 40,
  rulesPerRuleSet: 200,
  actionsPerRule: 10,
  recipientsPerRule: 100,
  ipFilters: 100,
  addedHeaderName: 50,
  addedHeaderValue: 2047,
  inboundBytesToS3: 40 * 1024 * 1024,
  inboundBytesToSns: 150 * 1024,
  synchronousFunctionSeconds: 30,
  customVerificationTemplates: 50,
  policiesPerIdentity: 20,
  identityPolicyBytes: 4096,
  suppressionsPerImport: 100_000,
  suppressionsPerRemoval: 10_000,
  contactsPerImport: 1_000_000,
  suppressionsPerPage: 1000,
  apiCallsPerSecond: 1,
  dkimKeyBits: { min: 1024, max: 2048 },
} as const;
