import type { ReceiptRule, ReceiptRuleAction } from '../../src/receipt/receipt-rule';

/* Short ways to write rules. */

export const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:';
export const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:mail';

/** A function that SES waits for. */
export const wait = (name: string): ReceiptRuleAction => ({ LambdaAction: { FunctionArn: ARN + name, InvocationType: 'RequestResponse' } });

/** A function that SES calls and forgets. */
export const call = (name: string): ReceiptRuleAction => ({ LambdaAction: { FunctionArn: ARN + name, InvocationType: 'Event' } });

export const store = (BucketName: string): ReceiptRuleAction => ({ S3Action: { BucketName } });
export const publish = (): ReceiptRuleAction => ({ SNSAction: { TopicArn: TOPIC } });
export const header = (HeaderName = 'X-Source'): ReceiptRuleAction => ({ AddHeaderAction: { HeaderName, HeaderValue: 'SES' } });
export const stop: ReceiptRuleAction = { StopAction: { Scope: 'RuleSet' } };
export const bounce: ReceiptRuleAction = {
  BounceAction: { SmtpReplyCode: '500', StatusCode: '5.6.1', Message: 'Message content rejected', Sender: 'mailer-daemon@example.com' },
};

/** A rule as this library writes it: in force, and scanning. */
export function rule(Name: string, Recipients: string[] | undefined, Actions: ReceiptRuleAction[], changes: Partial<ReceiptRule> = {}): ReceiptRule {
  return { Name, Enabled: true, ScanEnabled: true, TlsPolicy: 'Optional', ...Recipients ? { Recipients } : {}, Actions, ...changes };
}
