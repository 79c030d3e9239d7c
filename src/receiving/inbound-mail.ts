import { Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct, IConstruct } from 'constructs';
import { ActiveRuleSet } from './active-rule-set';
import { ActiveRuleSetDeletion } from './active-rule-set-constants';
import { reportInbox } from './inbound-findings';
import { ForwardOptions, InboundMailProps } from './inbound-mail-props';
import { inboxRows } from './inbox-rows';
import { MailRule, nameOfRuleSet } from './mail-rule';
import { MxRecords, ReceivingDomainOptions } from './mx-records';
import { ReceiptMetrics } from './receipt-metrics';
import { Deliver, MailRuleOptions } from '../actions';
import { MailForwarder } from '../forwarding';
import type { IMailIdentity } from '../identity';
import { MailBucket } from '../mailboxes';
import { fail, located } from '../private/errors';
import { mostSpecificFirst, parseCondition } from '../receipt/recipient-condition';
import type { DnsRecord } from '../records';
import { isWithin, normalizeOwnerName } from '../records/domain-name';
import { SesRegion } from '../ses';
import { checkName, SES_NAMES } from '../ses/names';

/** With these the rule set outlives the stack. */
const RETAINED = [RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE];

/** A domain that receives. */
interface ReceivingDomain {
  readonly identity: IMailIdentity;
  readonly options: ReceivingDomainOptions;
}

/**
 * A place that receives mail: the MX records of its domains, a rule set, and rules in the order in which they are declared.
 *
 * SES looks at each message when it has accepted it. A recipient for whom no rule is there is refused while the sender is still connected. All rules that are for
 * a message are worked off, one after the other, until one of them stops the rule set.
 *
 * Permissions, rules, activation and MX records are created in this order, and deleted in the other: no message finds a rule that cannot work yet, and no MX
 * record leads to nobody.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email.html
 *
 * @example
 * declare const domain: VerifiedDomain;
 * declare const bucket: s3.Bucket;
 *
 * const inbox = new InboundMail(this, 'Inbox', { domain });
 * inbox.addRule('Support', {
 *   recipients: [Recipient.address('support@example.com')],
 *   actions: [Deliver.toBucket(bucket, { prefix: 'support/' })],
 * });
 */
export class InboundMail extends ReceiptMetrics {
  /** The rule set as aws-cdk-lib makes it. */
  public readonly ruleSet: ses.IReceiptRuleSet;

  /** The name of the rule set. */
  public readonly ruleSetName: string;

  /** What makes the rule set the active one, if this does. */
  public readonly activeRuleSet?: ActiveRuleSet;

  protected readonly metricDimensions: Record<string, string>;

  private readonly ownRules: MailRule[] = [];
  private readonly domains: ReceivingDomain[] = [];
  private readonly functionWatchers: ((fn: lambda.IFunction) => void)[] = [];
  private readonly mx: MxRecords;
  private readonly removalPolicy: RemovalPolicy;
  private readonly after?: string;

  public constructor(scope: Construct, id: string, props: InboundMailProps) {
    super(scope, id);
    this.removalPolicy = props.removalPolicy ?? RemovalPolicy.DESTROY;
    this.after = this.checkedAfter(props);
    this.ruleSet = props.ruleSet ?? this.createRuleSet(props);
    this.ruleSetName = nameOfRuleSet(this.ruleSet);
    this.metricDimensions = { RuleSetName: this.ruleSetName };
    this.activeRuleSet = this.createActivation(props);
    this.mx = new MxRecords(this, 'MxRecords', { host: this.checkedRegion(props).inboundEndpoint, removalPolicy: this.removalPolicy });
    if (this.activeRuleSet) this.mx.node.addDependency(this.activeRuleSet);
    this.addDomain(props.domain, props);
    reportInbox(this, () => ({ domains: this.domains.map(({ identity }) => identity.identityName), isActivated: this.activeRuleSet !== undefined }));
  }

  /** The rules that were added, in their order. */
  public get rules(): MailRule[] {
    return [...this.ownRules];
  }

  /** The MX records that are published. */
  public get mxRecords(): DnsRecord[] {
    return [...this.mx.records];
  }

  /**
   * Adds a rule behind those that are there.
   *
   * @param id a name, unique in this construct
   * @param options whom the rule is for, and what it does
   */
  public addRule(id: string, options: MailRuleOptions): MailRule {
    const { ruleSet, removalPolicy } = this;
    const rule = new MailRule(this, id, { ...options, ruleSet, removalPolicy, after: this.ownRules.at(-1)?.ruleRef ?? this.after });
    this.ownRules.push(rule);
    this.domains.forEach(({ identity }) => resourceOf(rule).node.addDependency(resourceOf(identity)));
    [this.mx, ...this.activeRuleSet ? [this.activeRuleSet] : []].forEach(later => later.node.addDependency(resourceOf(rule)));
    this.publishWildcards(rule);
    rule.functions.forEach(fn => this.functionWatchers.forEach(watch => watch(fn)));
    return rule;
  }

  /**
   * Adds rules of which one alone works on a message: the most specific one. An address comes before its domain, a domain before the subdomains of another; each
   * rule is given a Stop at its end. A message to recipients of two of them goes to the first alone.
   *
   * @param rules the rules by their ids, in any order
   */
  public addMostSpecificFirst(rules: Record<string, MailRuleOptions>): MailRule[] {
    return mostSpecificFirst(Object.entries(rules), ([, { recipients }]) => recipients?.map(({ condition }) => condition))
      .map(([id, options]) => this.addRule(id, { ...options, actions: [...options.actions, Deliver.stop()] }));
  }

  /**
   * Sends mail on to mailboxes elsewhere: adds a rule behind those that are there, with a forwarder.
   *
   * @param id a name, unique in this construct
   * @param options who gets the mail of whom
   */
  public forward(id: string, options: ForwardOptions): MailForwarder {
    const identity = options.identity ?? this.domains[0].identity;
    const bucket = options.bucket ?? new MailBucket(this, `${id}Bucket`);
    const forwarder = new MailForwarder(this, `${id}Forwarder`, { ...options, identity, bucket });
    this.addRule(id, forwarder.rule());
    return forwarder;
  }

  /**
   * Lets one more domain receive.
   *
   * @param domain the domain, verified or being verified
   * @param options its MX records
   */
  public addDomain(domain: IMailIdentity, options: ReceivingDomainOptions = {}): void {
    if (domain.identityName.includes('@')) {
      fail('InboundMail.address', `"${domain.identityName}" is an address, and SES receives for verified domains; give the domain, and name the address in a rule`, this);
    }
    this.domains.push({ identity: domain, options });
    this.ownRules.forEach(rule => resourceOf(rule).node.addDependency(resourceOf(domain)));
    if (options.publishMx !== false) (options.mxNames ?? [domain.identityName]).forEach(name => this.publish(name, domain, options));
    this.ownRules.forEach(rule => this.publishWildcards(rule));
  }

  /**
   * Rows for a dashboard: `MailDashboard` takes them as `additionalRows`. A row is for the rule set, the others are for the rules that there are by now.
   */
  public dashboardRows(): cloudwatch.IWidget[][] {
    return inboxRows(this.ruleSetName, this, this.ownRules.map(rule => [rule.ruleName, rule]));
  }

  /**
   * Calls back with each function that a rule calls, now and later.
   *
   * @internal
   */
  public _eachFunction(watch: (fn: lambda.IFunction) => void): void {
    this.functionWatchers.push(watch);
    this.ownRules.flatMap(({ functions }) => functions).forEach(watch);
  }

  private checkedAfter({ ruleSet, ruleSetName, after }: InboundMailProps): string | undefined {
    if (ruleSet && ruleSetName !== undefined) {
      fail('InboundMail.twoNames', 'ruleSet and ruleSetName are both given, and a rule set that exists has its name; leave ruleSetName out', this);
    }
    if (!ruleSet && after !== undefined) {
      fail('InboundMail.after', `after is "${after}", a rule of a set that exists, and no ruleSet is given; leave it out: rules keep the order in which they are added`, this);
    }
    return after;
  }

  private createRuleSet({ ruleSetName }: InboundMailProps): ses.ReceiptRuleSet {
    const receiptRuleSetName = ruleSetName === undefined
      ? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' })
      : located(this, () => checkName(SES_NAMES.receiptRuleSet, ruleSetName));
    const set = new ses.ReceiptRuleSet(this, 'RuleSet', { receiptRuleSetName });
    set.applyRemovalPolicy(this.removalPolicy);
    return set;
  }

  private createActivation({ ruleSet, activate = ruleSet === undefined, activation }: InboundMailProps): ActiveRuleSet | undefined {
    if (activate) {
      const onDelete = RETAINED.includes(this.removalPolicy) ? ActiveRuleSetDeletion.KEEP : undefined;
      return new ActiveRuleSet(this, 'Activation', { ruleSet: this.ruleSet, onDelete, ...activation });
    }
    if (activation) fail('InboundMail.notActivated', 'activation is given, and the rule set is not made the active one; leave it out, or set activate to true', this);
    return undefined;
  }

  private checkedRegion(props: InboundMailProps): SesRegion {
    const region = props.region ?? SesRegion.of(Stack.of(this).region);
    if (!region.supportsReceiving) {
      const others = SesRegion.known.filter(name => SesRegion.of(name).supportsReceiving).join(', ');
      fail('InboundMail.region', `the stack is in ${region.name}, where SES does not receive mail; it does in ${others}. If it has learnt to since, say so: ` +
        `region: SesRegion.of('${region.name}', { receiving: true })`, this);
    }
    return region;
  }

  private publish(name: string, identity: IMailIdentity, options: ReceivingDomainOptions): void {
    const normal = located(this, () => normalizeOwnerName(name));
    if (!Token.isUnresolved(normal) && !Token.isUnresolved(identity.identityName) && !isWithin(normal, identity.identityName)) {
      fail('InboundMail.mxName', `the MX name "${name}" is neither "${identity.identityName}" nor below it, and SES receives for verified domains and their subdomains only; ` +
        'add the domain that it belongs to with addDomain', this);
    }
    this.mx.publish(normal, identity, options);
  }

  /** Subdomains receive by a wildcard, unless somebody has said which names have records. */
  private publishWildcards({ recipients }: MailRule): void {
    for (const { domain } of recipients.map(({ condition }) => parseCondition(condition)).filter(({ kind }) => kind === 'subdomains')) {
      const owner = this.domains.find(({ identity }) => isWithin(domain, identity.identityName));
      if (owner && owner.options.publishMx !== false && !owner.options.mxNames) this.publish(`*.${domain}`, owner.identity, owner.options);
    }
  }
}

/** What CloudFormation creates for a construct, without what belongs to it; an imported one has none. */
function resourceOf(construct: IConstruct): IConstruct {
  return construct.node.defaultChild ?? construct;
}
