import { SendAction } from './send-action';

/**
 * The actions that a policy on an identity can allow or deny, beside sending.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/policy-anatomy.html
 */
export class IdentityActions {
  /** How mail of the identity fares: deliverability figures and recommendations. */
  public static readonly METRICS: string[] = ['ses:BatchGetMetricData', 'ses:GetDomainStatisticsReport', 'ses:ListRecommendations'];

  /** To look at the settings and the policies of the identity. */
  public static readonly READ: string[] = ['ses:GetEmailIdentity', 'ses:GetEmailIdentityPolicies'];

  /** To switch signatures on and off and to change their keys. */
  public static readonly DKIM: string[] = ['ses:PutEmailIdentityDkimAttributes', 'ses:PutEmailIdentityDkimSigningAttributes'];

  /** To change any setting of the identity, tags included; not to delete it, nor to let others in. */
  public static readonly SETTINGS: string[] = [
    ...IdentityActions.DKIM, 'ses:PutEmailIdentityConfigurationSetAttributes', 'ses:PutEmailIdentityFeedbackAttributes', 'ses:PutEmailIdentityMailFromAttributes',
    'ses:TagResource', 'ses:UntagResource',
  ];

  /** To let others in: policies of the identity. */
  public static readonly POLICIES: string[] = ['ses:CreateEmailIdentityPolicy', 'ses:UpdateEmailIdentityPolicy', 'ses:DeleteEmailIdentityPolicy'];

  /** All 21, to delete the identity included. */
  public static readonly ALL: string[] = [
    ...IdentityActions.METRICS, ...IdentityActions.READ, ...IdentityActions.SETTINGS, ...IdentityActions.POLICIES, 'ses:DeleteEmailIdentity',
    'ses:CreateDeliverabilityTestReport', 'ses:CreateExportJob', 'ses:CancelExportJob', 'ses:GetExportJob', 'ses:ListExportJobs',
  ];

  private constructor() {}
}

/** The sending actions that the SES guide has in policies. */
const SENDING: string[] = [SendAction.SEND_EMAIL, SendAction.SEND_RAW_EMAIL, SendAction.SEND_TEMPLATED_EMAIL, SendAction.SEND_BULK_TEMPLATED_EMAIL];

const KNOWN = new Map([...IdentityActions.ALL, ...SENDING].map(action => [action.toLowerCase(), action]));

/** An action as SES writes it; undefined for one that the guide does not have in policies on identities. */
export function listedAction(action: string): string | undefined {
  return KNOWN.get(action.toLowerCase());
}

export function isSending(action: string): boolean {
  return /^ses:Send/i.test(action);
}
