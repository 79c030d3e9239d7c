import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * On whose behalf SES acts: a configuration set, a receipt rule.
 */
export interface SesSource {
  /** The account of the source. */
  readonly account: string;

  /** The ARN of the source, with `*` for several; none stands for all that the account has in SES. */
  readonly arn?: string;
}

/**
 * Lets SES do something on behalf of one source, and of nobody else.
 */
export function sesFor(source: SesSource): iam.ServicePrincipal {
  return new iam.ServicePrincipal(SES, { conditions: sourceConditions(source) });
}

/** SES as a principal of policies. */
export const SES = 'ses.amazonaws.com';

/**
 * The conditions without which anybody could use SES as a deputy.
 *
 * @param source the source; in place of its ARN may stand what is known later
 * @param arns the ARNs as they are rendered
 */
export function sourceConditions(source: SesSource, arns: unknown = source.arn): Record<string, Record<string, unknown>> {
  const account = { 'aws:SourceAccount': source.account };
  if (source.arn === undefined) return { StringEquals: account };
  const sourceArn = { 'aws:SourceArn': arns };
  return isPattern(source) ? { StringEquals: account, ArnLike: sourceArn } : { StringEquals: { ...account, ...sourceArn } };
}

/** Whether the ARN of a source stands for several. */
export function isPattern({ arn }: SesSource): boolean {
  return arn?.includes('*') ?? false;
}
