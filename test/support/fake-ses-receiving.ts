import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import type { ReceiptFilter, ReceiptRule, SendBounceCommandInput } from '@aws-sdk/client-ses';
import { type FakeAnswer, FakeService, Refusal } from './fake-service';
import { readInput, renderOutput } from './query-protocol';
import { OPERATIONS } from './receipt-shapes';

const VERSION = '2010-12-01';
const NAMESPACE = `http://ses.amazonaws.com/doc/${VERSION}/`;

/** What SES allows of each. It does not count the recipients of a rule, whatever the guide says. */
const MAX = { 'rule sets': 40, 'rules': 200, 'actions': 10, 'filters': 100 };

/** SES answers a bounce only while it remembers the message. */
const REMEMBERED_MS = 24 * 3_600_000;

type Operation = keyof typeof OPERATIONS;
type Input = { RuleSetName: string; OriginalRuleSetName: string; RuleName: string; RuleNames: string[]; After?: string; Rule: ReceiptRule };

/** A rule set as it is stored. */
export interface FakeRuleSet {
  readonly created: Date;
  rules: ReceiptRule[];
}

/**
 * A fake of what Amazon SES v1 has for receiving: rule sets, rules, which set is active, IP filters, bounces. It speaks the query protocol, and refuses
 * what SES refuses, in its words.
 */
export class FakeSesReceiving extends FakeService {
  /** The rule sets by name. */
  public readonly ruleSets = new Map<string, FakeRuleSet>();

  /** The name of the active rule set. */
  public active?: string;

  /** The rule sets that were made active, in order; undefined stands for none. */
  public readonly activations: (string | undefined)[] = [];

  /** The IP filters by name. */
  public readonly filters = new Map<string, ReceiptFilter>();

  /** The addresses and domains that are verified. */
  public readonly identities = new Set<string>();

  /** Buckets, and ARNs of topics, functions, keys and roles, which SES may not use. */
  public readonly closed = new Set<string>();

  /** When SES has received a message, by its ID. */
  public readonly received = new Map<string, Date>();

  /** The bounces that were sent. */
  public readonly bounces: SendBounceCommandInput[] = [];

  /** Whether each operation takes one call a second, as in SES. */
  public throttles = false;

  /** Operations whose next call is carried out and answered with an internal failure, one entry a call. */
  public readonly lostAnswers: string[] = [];

  /** How many looks at the active rule set show the one of before, each time that it has changed. */
  public lag = 0;

  private readonly lastCall = new Map<string, number>();
  private stale: (string | undefined)[] = [];

  /** What somebody else does between the look of a client and its activation. */
  public beforeActivation: () => void = () => {};

  /** Makes rule sets. */
  public put(...names: string[]): void {
    for (const name of names) this.ruleSets.set(name, { created: new Date(), rules: [] });
  }

  /** Also, every look shows what is active now. */
  public override heal(): void {
    super.heal();
    this.lostAnswers.length = this.stale.length = this.lag = 0;
  }

  public override reset(): void {
    super.reset();
    for (const state of [this.ruleSets, this.filters, this.identities, this.closed, this.received, this.lastCall]) state.clear();
    this.active = undefined;
    this.activations.length = this.bounces.length = this.lostAnswers.length = this.stale.length = this.lag = 0;
    this.throttles = false;
    this.beforeActivation = () => {};
  }

  protected answer(request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    const form = new URLSearchParams(body);
    const operation = form.get('Action') ?? '';
    note(operation);
    if (!/ Credential=[^/]+\/\d+\/[^/]+\/ses\/aws4_request,/.test(request.headers.authorization ?? '')) {
      throw new Refusal(403, 'SignatureDoesNotMatch', 'Credential should be scoped to correct service: \'ses\'.');
    }
    if (!(operation in OPERATIONS) || form.get('Version') !== VERSION) {
      throw new Refusal(400, 'InvalidAction', `Could not find operation ${operation} for version ${form.get('Version')}`);
    }
    this.throttle(operation);
    const output = this.carryOut(operation as Operation, form);
    const lost = this.lostAnswers.indexOf(operation);
    if (lost >= 0 && this.lostAnswers.splice(lost, 1)) throw new Refusal(500, 'InternalFailure', 'The request processing has failed because of an unknown error, exception or failure.');
    return { status: 200, body: renderOutput(operation, NAMESPACE, output) };
  }

  private throttle(operation: string): void {
    const now = Date.now();
    if (this.throttles && now - (this.lastCall.get(operation) ?? 0) < 1_000) throw new Refusal(400, 'Throttling', 'Rate exceeded');
    this.lastCall.set(operation, now);
  }

  private carryOut(operation: Operation, form: URLSearchParams): object {
    const input = readInput<Input>(form, OPERATIONS[operation]);
    switch (operation) {
      case 'CreateReceiptRuleSet': return this.createRuleSet(input.RuleSetName, []);
      case 'CloneReceiptRuleSet': return this.clone(input);
      case 'DescribeReceiptRuleSet': return this.describe(input.RuleSetName);
      case 'ListReceiptRuleSets': return { RuleSets: [...this.ruleSets.keys()].sort().map(name => this.describe(name).Metadata) };
      case 'ReorderReceiptRuleSet': return this.reorder(input);
      case 'DeleteReceiptRuleSet': return this.deleteRuleSet(input.RuleSetName);
      case 'SetActiveReceiptRuleSet': return this.activate(input.RuleSetName as string | undefined);
      case 'DescribeActiveReceiptRuleSet': return this.describeActive();
      case 'CreateReceiptRule': return this.createRule(input);
      case 'UpdateReceiptRule': return this.updateRule(input);
      case 'DescribeReceiptRule': return { Rule: this.ruleOf(input.RuleSetName, input.RuleName) };
      case 'SetReceiptRulePosition': return this.move(input);
      case 'DeleteReceiptRule': return this.deleteRule(input);
      case 'CreateReceiptFilter': return this.createFilter((input as unknown as { Filter: ReceiptFilter }).Filter);
      case 'ListReceiptFilters': return { Filters: [...this.filters.keys()].sort().map(name => this.filters.get(name)) };
      case 'DeleteReceiptFilter': return this.deleteFilter((input as unknown as { FilterName: string }).FilterName);
      case 'SendBounce': return this.bounce(input as unknown as SendBounceCommandInput);
    }
  }

  private createRuleSet(name: string, rules: ReceiptRule[]): object {
    checkName('ruleSetName', name);
    if (this.ruleSets.has(name)) throw new Refusal(400, 'AlreadyExists', `Rule set already exists: ${name}`);
    checkRoom('rule sets', this.ruleSets.size);
    this.ruleSets.set(name, { created: new Date(), rules });
    return {};
  }

  private clone({ RuleSetName: name, OriginalRuleSetName: original }: Input): object {
    checkName('ruleSetName', name);
    if (this.ruleSets.has(name)) throw new Refusal(400, 'AlreadyExists', `Rule set already exists: ${name}`);
    return this.createRuleSet(name, structuredClone(this.setOf(original).rules));
  }

  private describe(name: string) {
    const { created, rules } = this.setOf(name);
    return { Metadata: { Name: name, CreatedTimestamp: created }, Rules: rules };
  }

  private reorder({ RuleSetName, RuleNames }: Input): object {
    const set = this.setOf(RuleSetName);
    const twice = RuleNames.find((name, index) => RuleNames.indexOf(name) !== index);
    if (twice) throw new Refusal(400, 'InvalidParameterValue', `Multiple positions found for rule: ${twice}`);
    const missing = set.rules.map(rule => rule.Name!).filter(name => !RuleNames.includes(name));
    if (missing.length > 0) throw new Refusal(400, 'InvalidParameterValue', `Positions for rules not found: ${missing.join(', ')}`);
    set.rules = RuleNames.map(name => this.ruleOf(RuleSetName, name));
    return {};
  }

  private deleteRuleSet(name: string): object {
    checkName('ruleSetName', name);
    if (this.active === name) throw new Refusal(400, 'CannotDelete', `Cannot delete active rule set: ${name}`);
    this.ruleSets.delete(name);
    return {};
  }

  private activate(name: string | undefined): object {
    this.beforeActivation();
    if (name !== undefined) this.setOf(name);
    this.stale = Array(this.lag === Infinity ? 1_000 : this.lag).fill(this.active);
    this.active = name;
    this.activations.push(name);
    return {};
  }

  private describeActive(): object {
    const name = this.stale.length > 0 ? this.stale.shift() : this.active;
    return name === undefined ? {} : this.describe(name);
  }

  private createRule({ RuleSetName, Rule, After }: Input): object {
    checkName('ruleName', Rule.Name!);
    const set = this.setOf(RuleSetName);
    if (set.rules.some(rule => rule.Name === Rule.Name)) throw new Refusal(400, 'AlreadyExists', `Rule already exists: ${Rule.Name}`);
    if (After !== undefined) this.ruleOf(RuleSetName, After);
    checkRoom('rules', set.rules.length);
    set.rules.splice(positionBehind(set.rules, After), 0, this.completed(Rule));
    return {};
  }

  private updateRule({ RuleSetName, Rule }: Input): object {
    const set = this.setOf(RuleSetName);
    const known = this.ruleOf(RuleSetName, Rule.Name!);
    const completed = this.completed(Rule);
    set.rules = set.rules.map(rule => rule === known ? completed : rule);
    return {};
  }

  private move({ RuleSetName, RuleName, After }: Input): object {
    const rule = this.ruleOf(RuleSetName, RuleName);
    if (After !== undefined) this.ruleOf(RuleSetName, After);
    if (After === RuleName) return {};
    const set = this.setOf(RuleSetName);
    set.rules = set.rules.filter(other => other !== rule);
    set.rules.splice(positionBehind(set.rules, After), 0, rule);
    return {};
  }

  private deleteRule({ RuleSetName, RuleName }: Input): object {
    checkName('ruleName', RuleName);
    const set = this.setOf(RuleSetName);
    set.rules = set.rules.filter(rule => rule.Name !== RuleName);
    return {};
  }

  /** A rule as SES keeps it, once everything it names can be used. */
  private completed(rule: ReceiptRule): ReceiptRule {
    const actions = (rule.Actions ?? []).filter(action => Object.keys(action).length > 0);
    if (actions.length > MAX.actions) throw new Refusal(400, 'LimitExceeded', 'Too many actions');
    for (const action of actions) {
      const [[, details], ...more] = Object.entries(action) as [string, Record<string, string>][];
      if (more.length > 0) throw new Refusal(400, 'InvalidParameterValue', 'Exactly one action type must be specified for each ReceiptAction');
      this.tryOut(details);
    }
    if (actions.some((action, index) => action.StopAction && index < actions.length - 1)) {
      throw new Refusal(400, 'InvalidParameterValue', 'Stop action, if any, must be placed at the end of the actions list');
    }
    return {
      Name: rule.Name,
      Enabled: rule.Enabled ?? false,
      TlsPolicy: rule.TlsPolicy ?? 'Optional',
      Recipients: rule.Recipients && [...new Set(rule.Recipients.map(checkedRecipient))].sort(),
      Actions: actions.map(action => action.SNSAction ? { SNSAction: { Encoding: 'UTF-8', ...action.SNSAction } } : action),
      ScanEnabled: rule.ScanEnabled ?? false,
    };
  }

  /** Refuses an action with what cannot be used. SES tries that out when a rule is created or changed. */
  private tryOut(details: Record<string, string>): void {
    const { BucketName, TopicArn, FunctionArn, HeaderName, HeaderValue, SmtpReplyCode, Sender } = details;
    if (BucketName !== undefined && this.closed.has(BucketName)) throw new Refusal(400, 'InvalidS3Configuration', `Could not write to bucket: ${BucketName}`);
    if (TopicArn !== undefined && !/^arn:[^:]+:sns:/.test(TopicArn)) throw new Refusal(400, 'InvalidSnsTopic', `Invalid SNS topic: ${TopicArn}`);
    if (TopicArn !== undefined && this.closed.has(TopicArn)) throw new Refusal(400, 'InvalidSnsTopic', `Could not publish to SNS topic: ${TopicArn}`);
    if (FunctionArn !== undefined && !/^arn:[^:]+:lambda:/.test(FunctionArn)) throw new Refusal(400, 'InvalidLambdaFunction', `Invalid Lambda function: ${FunctionArn}`);
    if (FunctionArn !== undefined && this.closed.has(FunctionArn)) throw new Refusal(400, 'InvalidLambdaFunction', `Could not invoke Lambda function: ${FunctionArn}`);
    if (HeaderName !== undefined && !/^[\x21-\x39\x3b-\x7e]+$/.test(HeaderName)) throw invalid(`Invalid header name: ${HeaderName}`);
    if (HeaderValue !== undefined && /[\r\n]/.test(HeaderValue)) throw invalid(`Invalid header value: ${HeaderValue}`);
    if (SmtpReplyCode !== undefined && !/^[245]\d\d$/.test(SmtpReplyCode)) throw invalid(`Invalid SMTP reply code: ${SmtpReplyCode}`);
    if (Sender !== undefined && !this.isVerified(Sender)) throw invalid(`Identity is not verified: ${Sender}`);
  }

  private createFilter(filter: ReceiptFilter): object {
    const { Name: name, IpFilter: { Cidr: cidr } = {} } = filter;
    checkName('filterName', name!);
    checkCidr(cidr!);
    if (this.filters.has(name!)) throw new Refusal(400, 'AlreadyExists', `Filter already exists: ${name}`);
    checkRoom('filters', this.filters.size);
    this.filters.set(name!, filter);
    return {};
  }

  private deleteFilter(name: string): object {
    checkName('filterName', name);
    this.filters.delete(name);
    return {};
  }

  private bounce(input: SendBounceCommandInput): object {
    const { OriginalMessageId: id, BounceSender: sender, BouncedRecipientInfoList: recipients } = input;
    if (!this.isVerified(sender!)) throw new Refusal(400, 'MessageRejected', `Email address is not verified. The following identities failed the check: ${sender}`);
    const received = this.received.get(id!);
    if (!received || Date.now() - received.getTime() > REMEMBERED_MS) throw new Refusal(400, 'MessageRejected', `Original message could not be found: ${id}`);
    if (recipients!.length === 0) throw invalid('At least one bounced recipient must be specified');
    if (recipients!.some(({ BounceType, RecipientDsnFields }) => (BounceType === undefined) === (RecipientDsnFields === undefined))) {
      throw invalid('Either a bounce type or recipient DSN fields must be specified for each recipient');
    }
    this.bounces.push(input);
    return { MessageId: `bounce-${this.bounces.length}` };
  }

  /** An identity covers the addresses of its domain, and of the domains below it. */
  private isVerified(address: string): boolean {
    const labels = address.slice(address.lastIndexOf('@') + 1).toLowerCase().split('.');
    return this.identities.has(address) || labels.some((_, index) => this.identities.has(labels.slice(index).join('.')));
  }

  private setOf(name: string): FakeRuleSet {
    checkName('ruleSetName', name);
    const set = this.ruleSets.get(name);
    if (!set) throw new Refusal(400, 'RuleSetDoesNotExist', `Rule set does not exist: ${name}`);
    return set;
  }

  private ruleOf(setName: string, name: string): ReceiptRule {
    checkName('ruleName', name);
    const rule = this.setOf(setName).rules.find(({ Name }) => Name === name);
    if (!rule) throw new Refusal(400, 'RuleDoesNotExist', `Rule does not exist: ${name}`);
    return rule;
  }
}

function positionBehind(rules: ReceiptRule[], after: string | undefined): number {
  return rules.findIndex(rule => rule.Name === after) + 1;
}

function checkName(member: string, name: string): void {
  if (!/^[a-zA-Z0-9](?:[a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9])?$/.test(name)) throw invalid(`Not a valid ${member}: ${name}`);
}

function checkRoom(what: keyof typeof MAX, taken: number): void {
  if (taken >= MAX[what]) throw new Refusal(400, 'LimitExceeded', `Too many ${what}`);
}

function checkedRecipient(recipient: string): string {
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
  if (!new RegExp(`^(?:[^\\s@]+@|\\.)?${label}(?:\\.${label})*$`, 'i').test(recipient)) throw invalid(`Invalid recipient: ${recipient}`);
  return recipient.toLowerCase();
}

function checkCidr(cidr: string): void {
  const [, address, mask = '0'] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(cidr) ?? ['', ''];
  const max = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('.') ? 128 : -1;
  if (Number(mask) > max) throw invalid(`Invalid CIDR block: ${cidr}`);
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'InvalidParameterValue', message);
}
