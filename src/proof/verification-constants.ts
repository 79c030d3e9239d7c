/** The CloudFormation type under which a wait appears in a stack. */
export const VERIFICATION_RESOURCE_TYPE = 'Custom::PostmasterVerification';

/** How often SES is asked. */
export const VERIFICATION_INTERVAL_SECONDS = 30;

/** What the template tells the handler. CloudFormation hands everything over as text. */
export interface VerificationProperties {
  /** The domain or address. */
  readonly Identity: string;

  /** For how long to wait, in seconds. */
  readonly TimeoutSeconds: string;
}
