import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { TlsPolicy } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { MAIL_LOG_VARIABLE, type MailLogSettings } from './mail-log-constants';
import { MailLogFunction } from './mail-log-function';
import { Deliver, MailAction, type MailActionConfig, type MailRuleReference } from '../actions';
import { mailFunction } from '../private/mail-function';
import { deadLetters } from '../private/topic-queue';
import type { Recipient } from '../receipt';

/**
 * What is logged, and for how long.
 */
export interface MailLogOptions {
  /**
   * The envelope recipients whose mail is logged.
   *
   * @default - every recipient at every verified domain of the account and Region
   */
  readonly recipients?: Recipient[];

  /**
   * Whether addresses become pseudonyms (a hash and the domain), and the header with the subject is left out. Else the log holds personal data of everybody
   * who writes: envelope, header and subject.
   *
   * @default true
   */
  readonly redactPersonalData?: boolean;

  /**
   * How long entries are kept.
   *
   * @default RetentionDays.ONE_YEAR
   */
  readonly retention?: logs.RetentionDays;

  /**
   * What becomes of the log when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

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
}

/**
 * Logs what SES tells of a message. SES does not wait for it.
 */
export class MailLogAction extends MailAction {
  public constructor(private readonly options: MailLogOptions) {
    super();
  }

  public bind(scope: Construct, rule: MailRuleReference): MailActionConfig {
    const { redactPersonalData = true, retention = logs.RetentionDays.ONE_YEAR, removalPolicy = RemovalPolicy.RETAIN } = this.options;
    const settings: MailLogSettings = { rule: rule.ruleName, redactPersonalData };
    const logger = mailFunction(scope, MailLogFunction, {
      timeout: Duration.seconds(10),
      memorySize: 128,
      environment: { [MAIL_LOG_VARIABLE]: JSON.stringify(settings) },
      logRetention: retention,
      logRemovalPolicy: removalPolicy,
      deadLetterQueue: deadLetters(scope, 'DeadLetters'),
      concurrency: 'SES calls it for each message that arrives; a reservation would leave gaps in the log.',
      logged: 'CloudWatch Logs encrypts the log with a key of its own; `redactPersonalData` keeps addresses and subjects out of it.',
    });
    return Deliver.toFunction(logger).bind(scope, rule);
  }
}
