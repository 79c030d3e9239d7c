import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { AutoValidation } from './auto-validation';
import { ImportedMailStream, type MailStreamAttributes } from './imported-mail-stream';
import { type IMailStream, MailStreamBase } from './mail-stream-base';
import { SendingPool } from './sending-pool';
import { StreamCounters } from './stream-counters';
import { reportStream } from './stream-findings';
import { StreamKind } from './stream-kind';
import { Suppression, suppressionProps } from './suppression';
import type { TrackingDomain } from './tracking-domain';
import { vdmOptions, VdmOverride, VdmSetting } from './vdm';
import { type ConfigurationSetEventDestination, type ConfigurationSetEventDestinationOptions, EventDestination, EventTypes } from '../events';
import type { IMailIdentity, SendPermission } from '../identity';
import { publishedEvents } from '../identity/feedback-coverage';
import { fail, located } from '../private/errors';
import { checkTagCount } from '../private/tag-count';
import { REWRITES_MAIL } from '../ses/event-type';
import { checkName, SES_NAMES } from '../ses/names';

/**
 * How opens and clicks are seen. For both SES rewrites mail.
 */
export interface EngagementTracking {
  /**
   * Where opens and clicks are published.
   *
   * @default - destinations are added with `addEventDestination`
   */
  readonly destination?: EventDestination;

  /**
   * The domain of the open pixel and of links, which recipients see.
   *
   * @default - SES's own, `r.<region>.awstrack.me`
   */
  readonly trackingDomain?: TrackingDomain;
}

/**
 * Properties of a stream.
 */
export interface MailStreamProps {
  /**
   * What the stream is for.
   *
   * @default StreamKind.TRANSACTIONAL
   */
  readonly kind?: StreamKind;

  /**
   * The name of the configuration set: 1 to 64 letters, digits, `-` and `_`. Programs name it when they send.
   *
   * @default - a name that CloudFormation makes
   */
  readonly configurationSetName?: string;

  /**
   * Where bounces, complaints, rejects and rendering failures are published. More destinations: `addEventDestination`.
   *
   * @default - none; a stream without any is reported
   */
  readonly feedback?: EventDestination;

  /**
   * How opens and clicks are seen.
   *
   * @default - not at all for transactional mail, which refuses destinations for them; for marketing, as destinations ask for them
   */
  readonly engagement?: EngagementTracking;

  /**
   * Whether mail may travel unencrypted. With REQUIRE, SES drops a message, and reports a bounce, if the recipient's server offers no TLS; with OPTIONAL it
   * falls back to plain text.
   *
   * @default REQUIRE
   */
  readonly tlsPolicy?: ses.ConfigurationSetTlsPolicy;

  /**
   * Which addresses on the account's suppression list are not written to.
   *
   * @default Suppression.account()
   */
  readonly suppression?: Suppression;

  /**
   * Whether SES publishes the bounce and complaint rate of the set, by which alarms can pause it. Two CloudWatch metrics, billed like others.
   *
   * @default true
   */
  readonly reputationMetrics?: boolean;

  /**
   * What Virtual Deliverability Manager does for the stream.
   *
   * @default - by the kind of the stream
   */
  readonly vdm?: VdmOverride;

  /**
   * The addresses that mail leaves from.
   *
   * @default - SES's own: the dedicated addresses of the account that are in no pool, or else shared ones
   */
  readonly sendingPool?: SendingPool;

  /**
   * How long SES tries to deliver a message: 5 minutes to 14 hours.
   *
   * @default - SES's own: 14 hours
   */
  readonly maxDeliveryDuration?: Duration;

  /**
   * The ARN of a Mail Manager archive that keeps a copy of each message, e.g. `arn:aws:ses:eu-west-1:111122223333:mailmanager-archive/a-1234`.
   *
   * @default - no copies
   */
  readonly archiveArn?: string;

  /**
   * Whether SES withholds mail to addresses that probably do not exist.
   *
   * @default AutoValidation.account()
   */
  readonly autoValidation?: AutoValidation;

  /**
   * What becomes of the configuration set when it leaves the stack. SES refuses all mail from an identity whose default set is gone, and identities stay by
   * default; so does the set, except when the deployment that creates it fails.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** How long SES may try, in seconds. */
const MAX_DELIVERY = { min: 300, max: 50_400 };

/**
 * One kind of mail: a configuration set that says how mail leaves, where its events go, and who may use it.
 *
 * The template never says whether sending is enabled, so a deployment does not resume a stream that somebody, or an alarm, has paused.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/using-configuration-sets.html
 *
 * @example
 * declare const zone: route53.IHostedZone;
 * declare const topic: sns.Topic;
 * declare const shop: lambda.Function;
 *
 * const receipts = new MailStream(this, 'Receipts', { feedback: EventDestination.snsTopic(topic) });
 * const domain = new VerifiedDomain(this, 'Mail', { dns: Dns.route53(zone), defaultConfigurationSet: receipts });
 * receipts.grantSend(shop, domain, { fromAddresses: ['receipts@example.com'] });
 * receipts.addToFunction(shop);
 */
export class MailStream extends MailStreamBase {
  /**
   * A configuration set that exists already, in the account and Region of the stack.
   *
   * @param scope where the import is used
   * @param id a name for it
   * @param configurationSetName the name of the set
   */
  public static fromConfigurationSetName(scope: Construct, id: string, configurationSetName: string): IMailStream {
    return new ImportedMailStream(scope, id, { configurationSetName });
  }

  /**
   * A configuration set that exists already, with what is known of it.
   *
   * @param scope where the import is used
   * @param id a name for it
   * @param attributes what is known of the set
   */
  public static fromConfigurationSetAttributes(scope: Construct, id: string, attributes: MailStreamAttributes): MailStreamBase {
    return new ImportedMailStream(scope, id, attributes);
  }

  /** The name of the configuration set. */
  public readonly configurationSetName: string;

  /** What the stream is for. */
  public readonly kind: StreamKind;

  /** The configuration set as aws-cdk-lib makes it. */
  public readonly configurationSet: ses.ConfigurationSet;

  /** Whether SES publishes the bounce and complaint rate of the set. */
  public readonly reputationMetrics: boolean;

  private readonly rewritesMail: boolean;
  private readonly counters: StreamCounters;
  private readonly grantedTemplates = new Set<string>();

  public constructor(scope: Construct, id: string, props: MailStreamProps = {}) {
    super(scope, id, { physicalName: props.configurationSetName });
    this.kind = props.kind ?? StreamKind.TRANSACTIONAL;
    this.reputationMetrics = props.reputationMetrics ?? true;
    this.rewritesMail = this.kind === StreamKind.MARKETING || props.engagement !== undefined;
    this.checkAll(props);
    const vdm = this.vdmFor(props);
    this.configurationSet = this.createSet(props, vdm);
    this.configurationSetName = this.configurationSet.configurationSetName;
    this.counters = new StreamCounters(this);
    this.addFirstDestinations(props);
    reportStream(this, { props, vdm, templates: this.grantedTemplates });
  }

  /**
   * Publishes events. Opens and clicks only if the stream is for marketing or has `engagement`.
   *
   * @param id a name, unique in the stream
   * @param options what is published where
   */
  public override addEventDestination(id: string, options: ConfigurationSetEventDestinationOptions): ConfigurationSetEventDestination {
    this.refuseRewriting(options.events ?? []);
    return super.addEventDestination(id, options);
  }

  /**
   * Allows to send mail through this stream from an identity, and through no other set.
   *
   * @param grantee who may send
   * @param identity the domain or address that mail is sent from
   * @param permission actions and limits
   */
  public override grantSend(grantee: iam.IGrantable, identity: IMailIdentity, permission: SendPermission = {}): iam.Grant {
    permission.templates?.forEach(template => this.grantedTemplates.add(template));
    return super.grantSend(grantee, identity, permission);
  }

  protected count(event: ses.EmailSendingEvent): void {
    this.refuseRewriting([event]);
    this.counters.ensure(event);
  }

  protected rate(): void {
    if (this.reputationMetrics) return;
    fail('MailStream.noReputationMetrics', 'reputationMetrics is false, so SES publishes no bounce and complaint rate for this stream; set it to true', this);
  }

  protected checkOnEventBus(events: ses.EmailSendingEvent[]): void {
    const published = publishedEvents(this, ['eventBridge']);
    const missing = events.filter(event => !published.has(event));
    if (missing.length === 0) return;
    fail('MailStream.notOnEventBus', `the stream does not publish ${missing.join(', ')} to the event bus, so the rule would never match; first call ` +
      'addEventDestination with EventDestination.eventBus() and these events', this);
  }

  private checkAll(props: MailStreamProps): void {
    if (props.configurationSetName !== undefined) located(this, () => checkName(SES_NAMES.configurationSet, props.configurationSetName!));
    const seconds = props.maxDeliveryDuration?.isUnresolved() ? undefined : props.maxDeliveryDuration?.toSeconds();
    if (seconds !== undefined && (seconds < MAX_DELIVERY.min || seconds > MAX_DELIVERY.max)) {
      fail('MailStream.maxDeliveryDuration', `maxDeliveryDuration is ${props.maxDeliveryDuration!.toHumanString()}; SES takes 5 minutes to 14 hours`, this);
    }
    if (props.archiveArn !== undefined && !Token.isUnresolved(props.archiveArn) && !/^arn:[^:]+:ses:[^:]*:\d{12}:mailmanager-archive\/.+$/.test(props.archiveArn)) {
      fail('MailStream.archiveArn', `"${props.archiveArn}" is not the ARN of a Mail Manager archive; the form is ` +
        '"arn:aws:ses:eu-west-1:111122223333:mailmanager-archive/a-1234"', this);
    }
  }

  private vdmFor({ vdm, sendingPool }: MailStreamProps): Required<VdmOverride> {
    const marketing = this.kind === StreamKind.MARKETING;
    return {
      engagementMetrics: vdm?.engagementMetrics ?? (marketing ? VdmSetting.ENABLED : VdmSetting.DISABLED),
      optimizedSharedDelivery: vdm?.optimizedSharedDelivery ?? (marketing && !sendingPool?.isDedicated ? VdmSetting.ENABLED : VdmSetting.DISABLED),
    };
  }

  private createSet(props: MailStreamProps, vdm: Required<VdmOverride>): ses.ConfigurationSet {
    const { sendingPool, engagement, autoValidation } = props;
    const set = new ses.ConfigurationSet(this, 'Resource', {
      configurationSetName: props.configurationSetName,
      tlsPolicy: props.tlsPolicy ?? ses.ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: this.reputationMetrics,
      ...suppressionProps(props.suppression ?? Suppression.account()),
      disableAutoValidation: autoValidation?.isDisabled,
      autoValidationThreshold: autoValidation?.threshold,
      customTrackingRedirectDomain: engagement?.trackingDomain?.domainName,
      customTrackingHttpsPolicy: engagement?.trackingDomain?.httpsPolicy,
      maxDeliveryDuration: props.maxDeliveryDuration,
      vdmOptions: vdmOptions(vdm),
    });
    const resource = set.node.defaultChild as ses.CfnConfigurationSet;
    // aws-cdk-lib's construct takes pools of its own making only, and knows no archives
    if (sendingPool) resource.addPropertyOverride('DeliveryOptions.SendingPoolName', sendingPool.poolName);
    if (props.archiveArn) resource.archivingOptions = { archiveArn: props.archiveArn };
    if (engagement?.trackingDomain) resource.node.addDependency(engagement.trackingDomain.dependencies);
    resource.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    checkTagCount(this, resource);
    this.node.defaultChild = resource;
    return set;
  }

  private addFirstDestinations({ feedback, engagement }: MailStreamProps): void {
    if (feedback) this.addEventDestination('FeedbackEvents', { destination: feedback, events: EventTypes.FEEDBACK });
    if (engagement?.destination) this.addEventDestination('EngagementEvents', { destination: engagement.destination, events: EventTypes.ENGAGEMENT });
  }

  private refuseRewriting(events: ses.EmailSendingEvent[]): void {
    const rewriting = events.filter(event => REWRITES_MAIL.has(event));
    if (this.rewritesMail || rewriting.length === 0) return;
    fail('MailStream.notTracked', `${rewriting.join(' and ')} makes SES rewrite mail, with a pixel and redirected links, and the stream is transactional; give it ` +
      '`engagement: {}` if that is meant, or send such mail through a stream of StreamKind.MARKETING', this);
  }
}
