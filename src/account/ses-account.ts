import { CfnOutput, CustomResource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { ACCOUNT_SETTINGS, AccountSettingDeletion, OFF, ON, PRODUCTION_ACCESS_RESOURCE_TYPE, type ProductionAccessProperties, STATUS_ATTRIBUTE } from './account-constants';
import { accountHandler, AccountSetting } from './account-setting';
import { checkRequest, ContactLanguage, ProductionAccessRequest } from './production-access';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { PerApp } from '../private/per-app';
import { SuppressionReason } from '../sending';

/**
 * What Virtual Deliverability Manager, a paid feature, does for the account. Streams can differ.
 */
export interface AccountVdm {
  /**
   * Whether opens and clicks are measured. SES puts a pixel into mail for that and redirects its links.
   *
   * @default false
   */
  readonly engagementMetrics?: boolean;

  /**
   * Whether SES chooses addresses and times of delivery by itself. It may hold mail back.
   *
   * @default false
   */
  readonly optimizedSharedDelivery?: boolean;
}

/**
 * Settings of an SES account. Only those that are given are managed.
 */
export interface SesAccountProps {
  /**
   * For which reasons addresses go onto the suppression list of the account, and get no mail: both is what an account should have. An empty list switches
   * suppression off, which is reported.
   *
   * @default - left as it is
   */
  readonly suppressedReasons?: SuppressionReason[];

  /**
   * Whether SES raises the volume of new dedicated IP addresses slowly. Without it mailbox providers take their first mail for spam.
   *
   * @default - left as it is
   */
  readonly dedicatedIpAutoWarmup?: boolean;

  /**
   * Switches Virtual Deliverability Manager on.
   *
   * @default - left as it is
   */
  readonly virtualDeliverabilityManager?: AccountVdm;

  /**
   * Asks AWS to let the account out of the sandbox, where it may write to verified addresses only. Asked once; people answer in a day or so, and no deployment waits for
   * that. After a denial AWS talks in its support case, and nothing is asked again.
   *
   * @default - nothing is asked for
   */
  readonly productionAccess?: ProductionAccessRequest;

  /**
   * What becomes of suppression and warm-up when they are no longer managed, or when a deployment that sets them fails.
   *
   * @default AccountSettingDeletion.RESTORE_PREVIOUS
   */
  readonly onDelete?: AccountSettingDeletion;
}

/** The accounts of an app, by place. */
const accounts = new PerApp((): SesAccount[] => []);

/**
 * The settings that an SES account has one of in a Region, and that CloudFormation knows little of: suppression, warm-up, Virtual Deliverability Manager, and the
 * way out of the sandbox.
 *
 * One an account and Region. What is not given is left alone. Each setting is read back after it was set, and is put back when it is no longer managed, unless
 * somebody has changed it meanwhile.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
 *
 * @example
 * new SesAccount(this, 'Account', {
 *   suppressedReasons: [SuppressionReason.BOUNCE, SuppressionReason.COMPLAINT],
 *   productionAccess: {
 *     mailType: AccountMailType.TRANSACTIONAL,
 *     websiteUrl: 'https://example.com',
 *     useCaseDescription: 'Receipts to customers of the shop. Bounces and complaints are suppressed at once.',
 *   },
 * });
 */
export class SesAccount extends Construct {
  /**
   * How the request for production access stood when it was last looked at: `GRANTED`, `PENDING` or `DENIED`, with the support case. `AccountMonitor` looks every
   * five minutes.
   *
   * @default - nothing was asked for
   */
  public readonly productionAccessStatus?: string;

  public constructor(scope: Construct, id: string, props: SesAccountProps) {
    super(scope, id);
    this.claim();
    const onDelete = props.onDelete ?? AccountSettingDeletion.RESTORE_PREVIOUS;
    if (props.suppressedReasons) this.setSuppression(props.suppressedReasons, onDelete);
    if (props.dedicatedIpAutoWarmup !== undefined) this.setAutoWarmup(props.dedicatedIpAutoWarmup, onDelete);
    if (props.virtualDeliverabilityManager) this.switchVdmOn(props.virtualDeliverabilityManager);
    if (props.productionAccess) this.productionAccessStatus = this.askForAccess(props.productionAccess);
  }

  /**
   * Allows to see who is on the suppression list of the account.
   *
   * @param grantee who may
   */
  public grantReadSuppressionList(grantee: iam.IGrantable): iam.Grant {
    return onAccount(grantee, ['ses:GetSuppressedDestination', 'ses:ListSuppressedDestinations']);
  }

  /**
   * Allows to see who is on the suppression list of the account, to put addresses onto it, and to take them off it.
   *
   * @param grantee who may
   */
  public grantManageSuppressionList(grantee: iam.IGrantable): iam.Grant {
    return onAccount(grantee, [
      'ses:GetSuppressedDestination', 'ses:ListSuppressedDestinations', 'ses:PutSuppressedDestination', 'ses:DeleteSuppressedDestination',
    ]);
  }

  /**
   * Allows to read what Virtual Deliverability Manager knows: metrics, what became of messages, and recommendations.
   *
   * @param grantee who may
   */
  public grantReadDeliverability(grantee: iam.IGrantable): iam.Grant {
    return onAccount(grantee, ['ses:BatchGetMetricData', 'ses:GetMessageInsights', 'ses:ListRecommendations']);
  }

  /** Two would each set what the other has set. Stacks whose account and Region are not known may be deployed apart. */
  private claim(): void {
    const others = accounts.of(this);
    const { environment, account, region } = Stack.of(this);
    for (const other of others.filter(each => Stack.of(each).environment === environment)) {
      if (Stack.of(other) === Stack.of(this) || !Token.isUnresolved(account) && !Token.isUnresolved(region)) {
        fail('SesAccount.second', `${other.node.path} manages the same account and Region already; put the settings together there`, this);
      }
      finding(this, 'SesAccount.perhapsSecond', `${other.node.path} manages an account too. Give the stacks an \`env\`, or acknowledge when they are deployed to ` +
        'different places');
    }
    others.push(this);
  }

  private setSuppression(given: SuppressionReason[], onDelete: AccountSettingDeletion): void {
    const reasons = [...new Set(given)].sort();
    if (reasons.length === 0) {
      finding(this, 'SesAccount.noSuppression', 'suppressedReasons is empty, so SES writes again and again to addresses that bounce and to people who complain, which ' +
        'harms the reputation; give both reasons');
    }
    new AccountSetting(this, 'Suppression', {
      setting: ACCOUNT_SETTINGS.suppression,
      value: reasons.join(',') || OFF,
      onDelete,
      statements: [{ actions: ['ses:GetAccount', 'ses:PutAccountSuppressionAttributes'], resources: ['*'] }],
    });
  }

  private setAutoWarmup(enabled: boolean, onDelete: AccountSettingDeletion): void {
    if (!enabled) {
      finding(this, 'SesAccount.noWarmup', 'dedicatedIpAutoWarmup is false, so a new dedicated IP address gets the whole volume at once, which mailbox providers take for spam; ' +
        'acknowledge this if you raise the volume yourself');
    }
    new AccountSetting(this, 'AutoWarmup', {
      setting: ACCOUNT_SETTINGS.autoWarmup,
      value: enabled ? ON : OFF,
      onDelete,
      statements: [{ actions: ['ses:GetAccount', 'ses:PutAccountDedicatedIpWarmupAttributes'], resources: ['*'] }],
    });
  }

  private switchVdmOn({ engagementMetrics = false, optimizedSharedDelivery = false }: AccountVdm): void {
    new ses.VdmAttributes(this, 'Vdm', { engagementMetrics, optimizedSharedDelivery });
  }

  private askForAccess(request: ProductionAccessRequest): string {
    located(this, () => checkRequest(request));
    const properties: ProductionAccessProperties = {
      MailType: request.mailType,
      WebsiteUrl: request.websiteUrl,
      ContactLanguage: request.contactLanguage ?? ContactLanguage.ENGLISH,
      UseCaseDescription: request.useCaseDescription,
      AdditionalContacts: request.additionalContacts,
    };
    const { serviceToken, allowed } = accountHandler(this, [{ actions: ['ses:GetAccount', 'ses:PutAccountDetails'], resources: ['*'] }]);
    const resource = new CustomResource(this, 'ProductionAccess', { resourceType: PRODUCTION_ACCESS_RESOURCE_TYPE, serviceToken, properties: { ...properties } });
    resource.node.addDependency(allowed);
    const status = resource.getAttString(STATUS_ATTRIBUTE);
    new CfnOutput(this, 'ProductionAccessStatus', { description: 'How the request for production access stood when it was made or changed', value: status });
    return status;
  }
}

/** The account is no resource of SES. */
function onAccount(grantee: iam.IGrantable, actions: string[]): iam.Grant {
  return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: ['*'] });
}
