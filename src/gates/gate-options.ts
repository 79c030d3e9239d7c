import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { TlsPolicy } from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { DmarcMeasure } from './dmarc-measure';
import type { MailMatch } from './mail-match';
import type { Verdict, VerdictStatus } from './verdict';
import type { Recipient } from '../receipt';

/**
 * What becomes of mail about which a gate cannot decide, because it fails.
 */
export enum GateFailure {
  /** It passes. */
  CONTINUE = 'CONTINUE',
  /** No rule handles it: it is lost. */
  STOP = 'STOP_RULE_SET',
  /** SES tries again, for 36 hours at most, and counts it in its metric `PublishFailure`. */
  RETRY = 'RETRY',
}

/**
 * What all gates have.
 */
export interface GateOptions {
  /**
   * The envelope recipients whose mail the gate looks at. A message with one of them and others is one message.
   *
   * @default - every recipient at every verified domain of the account and Region
   */
  readonly recipients?: Recipient[];

  /**
   * Mail that passes, whatever it is. To exempt a sender, take `MailMatch.authenticatedSender`.
   *
   * @default - none
   */
  readonly exempt?: MailMatch[];

  /**
   * What becomes of mail about which the gate cannot decide, because it fails.
   *
   * @default GateFailure.CONTINUE; for a gate that sends bounces: GateFailure.RETRY
   */
  readonly onFailure?: GateFailure;

  /**
   * The name of the rule, by which CloudWatch counts.
   *
   * @default - made from the place in the tree
   */
  readonly ruleName?: string;

  /**
   * Whether SES refuses mail that does not come over TLS.
   *
   * @default TlsPolicy.OPTIONAL
   */
  readonly tlsPolicy?: TlsPolicy;

  /**
   * How long the gate's log is kept. It has the ids of messages and what was decided, no addresses.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
}

/**
 * Which mail is spam.
 */
export interface SpamGateOptions extends GateOptions {
  /**
   * The verdicts that count. SPF and DKIM alone are not among them: honest mail fails the one when it is forwarded, and the other when a mailing list has
   * changed it. `Gate.enforceDmarc` does what the domain in From asks for.
   *
   * @default [Verdict.SPAM, Verdict.VIRUS]
   */
  readonly verdicts?: Verdict[];

  /**
   * How a verdict has come out that counts.
   *
   * @default [VerdictStatus.FAIL]
   */
  readonly statuses?: VerdictStatus[];
}

/**
 * Where spam goes.
 */
export interface QuarantineOptions extends SpamGateOptions {
  /**
   * What the names of objects begin with.
   *
   * @default 'quarantine/'
   */
  readonly prefix?: string;

  /**
   * A key with which SES encrypts each message before it gets to S3.
   *
   * @default - S3 encrypts as the bucket says
   */
  readonly key?: kms.IKey;

  /**
   * A topic that is told of each message.
   *
   * @default - nobody is told
   */
  readonly notifyTopic?: sns.ITopic;
}

/**
 * Which mail counts as authenticated.
 */
export interface AuthenticationGateOptions extends GateOptions {
  /**
   * The verdicts that all have to be there.
   *
   * @default [Verdict.DMARC]
   */
  readonly verdicts?: Verdict[];

  /**
   * How a verdict may have come out. With GRAY for DMARC, mail passes of domains that have no policy, too.
   *
   * @default [VerdictStatus.PASS]
   */
  readonly statuses?: VerdictStatus[];
}

/**
 * What becomes of mail that fails DMARC, by what the domain in From asks for.
 */
export interface DmarcGateOptions extends GateOptions {
  /**
   * When the domain asks to reject it.
   *
   * @default DmarcMeasure.drop()
   */
  readonly reject?: DmarcMeasure;

  /**
   * When the domain asks to quarantine it.
   *
   * @default DmarcMeasure.deliver()
   */
  readonly quarantine?: DmarcMeasure;
}
