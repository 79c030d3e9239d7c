import type { Disposition } from '../inbox/disposition';

/** A verdict of SES about mail. */
export type VerdictName = 'spam' | 'virus' | 'spf' | 'dkim' | 'dmarc';

/** What is looked for in mail. */
export type MailPattern =
  /** Any of the verdicts has any of the statuses. */
  | { readonly verdicts: readonly VerdictName[]; readonly statuses: readonly string[] }
  /** The domain in From asks for this with mail that fails DMARC. */
  | { readonly dmarcPolicy: string }
  | HeaderPattern
  | { readonly subject: string }
  | SenderPattern
  | { readonly recipients: readonly string[] }
  /** Whether mail may be answered with a bounce. */
  | { readonly mayBounce: boolean }
  | { readonly allOf: readonly MailPattern[] }
  | { readonly anyOf: readonly MailPattern[] }
  | { readonly noneOf: readonly MailPattern[] };

/** A header field of this name: any, one with this value, or one which contains this. */
export interface HeaderPattern {
  readonly header: string;
  readonly value?: string;
  readonly contains?: string;
}

/** Who wrote: conditions as those of recipients. */
export interface SenderPattern {
  readonly senders: readonly string[];
  /** Whether somebody has to vouch for it. */
  readonly authenticated: boolean;
}

/** What SES does next; `Disposition` as JSON has it. */
export type NextStep = `${Disposition}`;

/** What becomes of mail. */
export interface GateOutcome {
  readonly pattern: MailPattern;
  readonly disposition: NextStep;
  /** Why, in the log. */
  readonly reason: string;
  /** Whether it counts as stopped. */
  readonly stops?: boolean;
  /** Whether the gate answers it with a bounce, if it may. */
  readonly bounce?: boolean;
}

/** What the construct tells the function, as JSON in the environment variable GATE. */
export interface GateSettings {
  /** The name of the rule. */
  readonly rule: string;
  /** The first of which the pattern fits is taken. */
  readonly outcomes: readonly GateOutcome[];
  /** What becomes of mail that none of them fits. */
  readonly otherwise: NextStep;
  /** What becomes of mail about which the gate cannot decide; undefined lets SES try again. */
  readonly onFailure?: NextStep;
  readonly bounce?: GateBounce;
}

/** A bounce which the gate sends. */
export interface GateBounce {
  readonly sender: string;
  readonly explanation: string;
}

/** The environment variable that holds the settings. */
export const GATE_VARIABLE = 'GATE';

/** The metric of mail that a gate has kept from what comes after it, and its dimension: the name of the rule. */
export const STOPPED_METRIC = { name: 'StoppedMail', dimension: 'ReceiptRule' } as const;
