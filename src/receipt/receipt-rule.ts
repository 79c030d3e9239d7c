/**
 * A receipt rule as the SES API and CloudFormation both write it. The evaluator and the findings read this form, whoever has made the rule.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptRule.html
 */
export interface ReceiptRule {
  readonly Name: string;
  readonly Enabled?: boolean;
  readonly ScanEnabled?: boolean;
  readonly TlsPolicy?: 'Optional' | 'Require';
  /** Conditions; none means every recipient at every verified domain. */
  readonly Recipients?: readonly string[];
  readonly Actions?: readonly ReceiptRuleAction[];
}

/** One action: exactly one of the members is set. */
export interface ReceiptRuleAction {
  readonly AddHeaderAction?: { readonly HeaderName: string; readonly HeaderValue: string };
  readonly BounceAction?: {
    readonly SmtpReplyCode: string; readonly StatusCode?: string; readonly Message: string; readonly Sender: string; readonly TopicArn?: string;
  };
  readonly ConnectAction?: { readonly InstanceARN: string; readonly IAMRoleARN: string };
  readonly LambdaAction?: { readonly FunctionArn: string; readonly InvocationType?: 'Event' | 'RequestResponse'; readonly TopicArn?: string };
  readonly S3Action?: {
    readonly BucketName: string;
    readonly ObjectKeyPrefix?: string;
    readonly KmsKeyArn?: string;
    readonly IamRoleArn?: string;
    readonly TopicArn?: string;
  };
  readonly SNSAction?: { readonly TopicArn: string; readonly Encoding?: 'UTF-8' | 'Base64' };
  readonly StopAction?: { readonly Scope: 'RuleSet'; readonly TopicArn?: string };
  readonly WorkmailAction?: { readonly OrganizationArn: string; readonly TopicArn?: string };
}
