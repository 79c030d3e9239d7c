/** The CloudFormation types of the resources that look at a setting of the account, that set it, and that ask for production access. */
export const ACCOUNT_BEFORE_RESOURCE_TYPE = 'Custom::PostmasterAccountBefore';
export const ACCOUNT_SETTING_RESOURCE_TYPE = 'Custom::PostmasterAccountSetting';
export const PRODUCTION_ACCESS_RESOURCE_TYPE = 'Custom::PostmasterProductionAccess';

/** What templates read of a setting as it was before, and of the request for production access. */
export const VALUE_ATTRIBUTE = 'Value';
export const STATUS_ATTRIBUTE = 'Status';

/** The settings that have one value in an account and Region. That of a dedicated IP address is its pool, and the setting is called `dedicatedIp:192.0.2.1`. */
export const ACCOUNT_SETTINGS = { suppression: 'suppression', autoWarmup: 'autoWarmup', dedicatedIp: 'dedicatedIp:' } as const;

/** The values of what is on or off, and of suppression for no reason. */
export const ON = 'ENABLED';
export const OFF = 'DISABLED';

/**
 * What becomes of a setting of the account when it is no longer managed. A value that somebody else has set meanwhile is never touched.
 */
export enum AccountSettingDeletion {
  /**
   * What was there before the first deployment is there again.
   */
  RESTORE_PREVIOUS = 'RestorePrevious',

  /**
   * The setting stays as it is, also when the first deployment fails.
   */
  KEEP = 'Keep',
}

/** What the template tells of a setting to look at. */
export interface AccountBeforeProperties {
  readonly Setting: string;
}

/** What the template tells of a setting to make. CloudFormation hands everything over as text. */
export interface AccountSettingProperties {
  readonly Setting: string;
  readonly Value: string;
  /** The value before this resource was made. */
  readonly Before: string;
  readonly OnDelete: string;
}

/** What the template tells of the request for production access. */
export interface ProductionAccessProperties {
  readonly MailType: string;
  readonly WebsiteUrl: string;
  readonly ContactLanguage: string;
  readonly UseCaseDescription?: string;
  readonly AdditionalContacts?: string[];
}
