import type { IpFilter } from './ip-filter';
import type { ReceiptRule, ReceiptRuleAction } from './receipt-rule';
import type { RuleActionType } from './rule-action';
import type { Disposition } from '../inbox/disposition';
import type { ReceiptEvent } from '../inbox/received-mail';
import type { SampleChanges } from '../private/sample-changes';

/** A mail that comes, and what it comes to. */
export interface IncomingMail {
  /** The rules of the active rule set, in its order. */
  readonly rules: readonly ReceiptRule[];

  /** The envelope recipients. */
  readonly recipients: readonly string[];

  /**
   * The IP filters of the account.
   *
   * @default - none
   */
  readonly filters?: readonly IpFilter[];

  /**
   * The domains that are verified; a domain is so with those below it.
   *
   * @default - those of all recipients
   */
  readonly domains?: readonly string[];

  /**
   * The address of the server that sends.
   *
   * @default - one that no filter has
   */
  readonly ip?: string;

  /**
   * Whether SES has the server on its own list of senders of spam.
   *
   * @default false
   */
  readonly listed?: boolean;

  /**
   * Whether the mail comes over TLS.
   *
   * @default true
   */
  readonly tls?: boolean;

  /**
   * The size of the mail with its headers, in bytes.
   *
   * @default - small enough for everything
   */
  readonly size?: number;

  /**
   * What functions are told of the mail, as changes to a sample whose checks have all passed, e.g. `{ receipt: { spamVerdict: { status: 'FAIL' } } }`.
   *
   * @default - the sample
   */
  readonly received?: SampleChanges;

  /**
   * Calls a function, and gives what it returns. What it throws is thrown: SES would try again.
   *
   * @default - functions return nothing
   */
  readonly invoke?: (functionArn: string, event: ReceiptEvent) => unknown;
}

/** What becomes of a mail. */
export interface Reception {
  /** Whether SES takes the mail. If not, the sending server is told so at once. */
  readonly accepted: boolean;
  /** Why SES does not take it. */
  readonly refusal?: Refusal;
  /** The recipients that SES takes the mail for. It refuses the others while the mail is offered. */
  readonly recipients: readonly string[];
  /** What becomes of each rule, in the order of the rule set. Empty when SES does not look at them. */
  readonly rules: readonly RuleTrace[];
}

/** Why SES does not take a mail. */
export interface Refusal {
  /** Who refuses: a filter of the account, SES's own list of senders of spam, or the rules, none of which is for the mail. */
  readonly by: 'ipFilter' | 'list' | 'rules';
  /** The reason, for people. */
  readonly reason: string;
}

/** What becomes of a rule. */
export interface RuleTrace {
  /** The name of the rule. */
  readonly rule: string;
  /** The recipients that the rule is for. */
  readonly recipients: readonly string[];
  /**
   * Why nothing of the rule runs: it is not enabled, the mail has not come over TLS, it is for nobody whom the mail is for, or a rule before it has stopped
   * everything.
   */
  readonly skipped?: 'disabled' | 'tls' | 'recipients' | 'stopped';
  /** The actions that run, in order. */
  readonly actions: readonly ActionTrace[];
  /** What the rule stops: the rest of itself, or all. */
  readonly stops?: 'rule' | 'ruleSet';
}

/** An action that runs. */
export interface ActionTrace {
  readonly type: RuleActionType | 'Unknown';
  /** The action, as the rule has it. */
  readonly action: ReceiptRuleAction;
  /** How it ends: `bounced` sends the mail back, also when it is too large to be published; `failed`: it is too large to be stored. */
  readonly outcome: 'done' | 'bounced' | 'failed';
  /** What a synchronous function says. */
  readonly disposition?: Disposition;
}
