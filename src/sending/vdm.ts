import type { VdmOptions } from 'aws-cdk-lib/aws-ses';

/**
 * A setting that a stream may take over from the account.
 */
export enum VdmSetting {
  /** On, whatever the account says. */
  ENABLED = 'ENABLED',
  /** Off, whatever the account says. */
  DISABLED = 'DISABLED',
  /** As the account has it. */
  ACCOUNT = 'ACCOUNT',
}

/**
 * What Virtual Deliverability Manager does for a stream. It is a paid feature of the account; without it these settings wait for it.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/vdm-settings.html
 */
export interface VdmOverride {
  /**
   * Whether opens and clicks are shown in its dashboard, for which SES rewrites mail. Independent of open and click events of the stream.
   *
   * @default - ENABLED for marketing, DISABLED for transactional mail
   */
  readonly engagementMetrics?: VdmSetting;

  /**
   * Whether SES chooses the shared address that mail leaves from, and may hold mail back to protect it. Without effect in a dedicated pool.
   *
   * @default - ENABLED for marketing without a dedicated pool, otherwise DISABLED
   */
  readonly optimizedSharedDelivery?: VdmSetting;
}

/** The same in the words of aws-cdk-lib's construct; undefined leaves everything to the account. */
export function vdmOptions({ engagementMetrics, optimizedSharedDelivery }: Required<VdmOverride>): VdmOptions | undefined {
  if (engagementMetrics === VdmSetting.ACCOUNT && optimizedSharedDelivery === VdmSetting.ACCOUNT) return undefined;
  return { engagementMetrics: switchOf(engagementMetrics), optimizedSharedDelivery: switchOf(optimizedSharedDelivery) };
}

function switchOf(setting: VdmSetting): boolean | undefined {
  return setting === VdmSetting.ACCOUNT ? undefined : setting === VdmSetting.ENABLED;
}
