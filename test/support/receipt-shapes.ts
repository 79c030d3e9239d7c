import { BOOLEAN, listOf, type Structure, TEXT, TIME } from './query-protocol';

/* What the operations of SES take that have to do with receiving. */

const NAME = /^[a-zA-Z0-9_.-]+$/;

const ACTION: Structure = {
  S3Action: { 'TopicArn': TEXT, 'BucketName!': TEXT, 'ObjectKeyPrefix': TEXT, 'KmsKeyArn': TEXT, 'IamRoleArn': TEXT },
  BounceAction: { 'TopicArn': TEXT, 'SmtpReplyCode!': TEXT, 'StatusCode': TEXT, 'Message!': TEXT, 'Sender!': TEXT },
  WorkmailAction: { 'TopicArn': TEXT, 'OrganizationArn!': TEXT },
  LambdaAction: { 'TopicArn': TEXT, 'FunctionArn!': TEXT, 'InvocationType': ['Event', 'RequestResponse'] },
  StopAction: { 'Scope!': ['RuleSet'], 'TopicArn': TEXT },
  AddHeaderAction: { 'HeaderName!': TEXT, 'HeaderValue!': TEXT },
  SNSAction: { 'TopicArn!': TEXT, 'Encoding': ['Base64', 'UTF-8'] },
  ConnectAction: { 'InstanceARN!': TEXT, 'IAMRoleARN!': TEXT },
};

const RULE: Structure = {
  'Name!': NAME, 'Enabled': BOOLEAN, 'TlsPolicy': ['Optional', 'Require'], 'Recipients': listOf(TEXT), 'Actions': listOf(ACTION), 'ScanEnabled': BOOLEAN,
};

const EXTENSIONS = listOf({ 'Name!': TEXT, 'Value!': TEXT });

const BOUNCED: Structure = {
  'Recipient!': TEXT,
  'RecipientArn': TEXT,
  'BounceType': ['DoesNotExist', 'MessageTooLarge', 'ExceededQuota', 'ContentRejected', 'Undefined', 'TemporaryFailure'],
  'RecipientDsnFields': {
    'FinalRecipient': TEXT,
    'Action!': ['failed', 'delayed', 'delivered', 'relayed', 'expanded'],
    'RemoteMta': TEXT,
    'Status!': TEXT,
    'DiagnosticCode': TEXT,
    'LastAttemptDate': TIME,
    'ExtensionFields': EXTENSIONS,
  },
};

/** The input of each operation. */
export const OPERATIONS = {
  CreateReceiptRuleSet: { 'RuleSetName!': NAME },
  CloneReceiptRuleSet: { 'OriginalRuleSetName!': NAME, 'RuleSetName!': NAME },
  DescribeReceiptRuleSet: { 'RuleSetName!': NAME },
  ListReceiptRuleSets: { NextToken: TEXT },
  ReorderReceiptRuleSet: { 'RuleSetName!': NAME, 'RuleNames!': listOf(NAME) },
  DeleteReceiptRuleSet: { 'RuleSetName!': NAME },
  SetActiveReceiptRuleSet: { RuleSetName: NAME },
  DescribeActiveReceiptRuleSet: {},
  CreateReceiptRule: { 'RuleSetName!': NAME, 'After': NAME, 'Rule!': RULE },
  UpdateReceiptRule: { 'RuleSetName!': NAME, 'Rule!': RULE },
  DescribeReceiptRule: { 'RuleSetName!': NAME, 'RuleName!': NAME },
  SetReceiptRulePosition: { 'RuleSetName!': NAME, 'RuleName!': NAME, 'After': NAME },
  DeleteReceiptRule: { 'RuleSetName!': NAME, 'RuleName!': NAME },
  CreateReceiptFilter: { 'Filter!': { 'Name!': TEXT, 'IpFilter!': { 'Policy!': ['Allow', 'Block'], 'Cidr!': TEXT } } },
  ListReceiptFilters: {},
  DeleteReceiptFilter: { 'FilterName!': TEXT },
  SendBounce: {
    'OriginalMessageId!': TEXT,
    'BounceSender!': TEXT,
    'Explanation': TEXT,
    'MessageDsn': { 'ReportingMta!': TEXT, 'ArrivalDate': TIME, 'ExtensionFields': EXTENSIONS },
    'BouncedRecipientInfoList!': listOf(BOUNCED),
    'BounceSenderArn': TEXT,
  },
} satisfies Record<string, Structure>;
