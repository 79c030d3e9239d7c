import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { DmarcMeasure } from './dmarc-measure';
import { GateAction, type GateActionProps } from './gate-action';
import { type GateOutcome, type MailPattern, type NextStep, STOPPED_METRIC } from './gate-constants';
import {
  type AuthenticationGateOptions, type DmarcGateOptions, GateFailure, type GateOptions, type QuarantineOptions, type SpamGateOptions,
} from './gate-options';
import { type MailLogOptions, MailLogAction } from './mail-log';
import { MailMatch } from './mail-match';
import { Verdict, VerdictStatus } from './verdict';
import { type BounceOptions, Deliver, type MailAction, type MailRuleOptions } from '../actions';
import { fail } from '../private/errors';
import { METRIC_NAMESPACE } from '../private/metric-constants';
import { BounceReply } from '../receipt';

/**
 * Spam that is answered with a bounce.
 */
export interface BounceSpamOptions extends SpamGateOptions, BounceOptions {
  /**
   * What the bounce says.
   *
   * @default BounceReply.MESSAGE_CONTENT_REJECTED
   */
  readonly reply?: BounceReply;
}

/**
 * Ready rules that look at mail before others handle it. SES itself lets everything pass, whatever its verdicts say.
 *
 * A gate is a function that SES waits for. Give gates before the rules whose mail they look at, since rules are asked in order. A rule made of a gate is like
 * any other: it receives for its recipients, or for everybody if it has none.
 *
 * | mail | becomes |
 * | --- | --- |
 * | spam, viruses | `dropSpam`: nothing; `quarantine`: an object in a bucket; `bounceSpam`: a bounce |
 * | forged | `enforceDmarc`: what the domain in From asks for; `requireAuthentication`: nothing |
 * | with a subject, a header, a sender | `dropMatching`: nothing; `onlyMatching`: what you say |
 * | all | `auditLog`: an entry in a log |
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-example-use-cases.html
 *
 * @example
 * declare const inbox: InboundMail;
 * inbox.addRule('Spam', Gate.dropSpam());
 */
export class Gate {
  /**
   * Spam and viruses get to no later rule, and nobody is told.
   *
   * @param options what counts as spam, and who is exempt
   */
  public static dropSpam(options: SpamGateOptions = {}): MailRuleOptions {
    return stopping(options, [{ pattern: spam(options), disposition: 'STOP_RULE_SET', reason: 'spam', stops: true }]);
  }

  /**
   * Spam and viruses are answered with a bounce and get to no later rule.
   *
   * Senders of spam are forged, and bounces to them get your domain onto block lists. So a bounce is sent only if SPF vouches for the address in the envelope,
   * and not to programs, mailing lists and mail servers; other spam is dropped. Prefer `dropSpam`, or `quarantine` for mail that must not get lost.
   *
   * @param options who sends the bounce, and what counts as spam
   */
  public static bounceSpam(options: BounceSpamOptions): MailRuleOptions {
    const { reply = BounceReply.MESSAGE_CONTENT_REJECTED, identity, sender, notifyTopic } = options;
    const outcomes: GateOutcome[] = [
      { pattern: { allOf: [spam(options), { mayBounce: true }] }, disposition: 'CONTINUE', reason: 'spam, to be bounced', stops: true },
      { pattern: spam(options), disposition: 'STOP_RULE_SET', reason: 'spam that may not be bounced', stops: true },
    ];
    return diverting(options, outcomes, [Deliver.bounce(reply, { identity, sender, notifyTopic }), Deliver.stop()]);
  }

  /**
   * Spam and viruses are put into a bucket and get to no later rule.
   *
   * @param bucket the bucket
   * @param options prefix, key, and what counts as spam
   */
  public static quarantine(bucket: s3.IBucket, options: QuarantineOptions = {}): MailRuleOptions {
    const { prefix = 'quarantine/', key, notifyTopic } = options;
    const outcomes: GateOutcome[] = [{ pattern: spam(options), disposition: 'CONTINUE', reason: 'spam', stops: true }];
    return diverting(options, outcomes, [Deliver.toBucket(bucket, { prefix, key, notifyTopic }), Deliver.stop()]);
  }

  /**
   * Mail that is not authenticated gets to no later rule. Take it for what programs act on, behind a rule that keeps all mail: much honest mail is not
   * authenticated.
   *
   * @param options which verdicts have to be there
   */
  public static requireAuthentication(options: AuthenticationGateOptions = {}): MailRuleOptions {
    const { verdicts = [Verdict.DMARC], statuses = [VerdictStatus.PASS] } = options;
    const authenticated = verdicts.map(verdict => MailMatch.verdict([verdict], statuses));
    return stopping(options, [{
      pattern: MailMatch.noneOf(MailMatch.allOf(...authenticated))._pattern, disposition: 'STOP_RULE_SET', reason: 'not authenticated', stops: true,
    }]);
  }

  /**
   * With mail that fails DMARC is done what the domain in From asks for: by default what is to be rejected is dropped, and what is to be quarantined is
   * handled as if it was not.
   *
   * @param options what is done
   * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-example-functions.html
   */
  public static enforceDmarc(options: DmarcGateOptions = {}): MailRuleOptions {
    const measures = { reject: options.reject ?? DmarcMeasure.drop(), quarantine: options.quarantine ?? DmarcMeasure.deliver() };
    const outcomes = Object.entries(measures).flatMap(([policy, { _config: { disposition, store, bounce } }]) => {
      const pattern: MailPattern = { allOf: [{ verdicts: ['dmarc'], statuses: ['FAIL'] }, { dmarcPolicy: policy }] };
      const delivered = disposition === 'CONTINUE' && !store;
      return delivered ? [] : [{ pattern, disposition, reason: `fails DMARC, and the domain asks to ${policy} it`, stops: true, bounce: bounce !== undefined }];
    });
    const { store, bounce } = combined(Object.values(measures));
    const withBounce = { ...options, bounce };
    return store ? diverting(withBounce, outcomes, [store, Deliver.stop()]) : stopping(withBounce, outcomes);
  }

  /**
   * Mail that is looked for gets to no later rule.
   *
   * @param match what is looked for
   * @param options who is exempt
   */
  public static dropMatching(match: MailMatch, options: GateOptions = {}): MailRuleOptions {
    return stopping(options, [{ pattern: match._pattern, disposition: 'STOP_RULE_SET', reason: 'looked for', stops: true }]);
  }

  /**
   * Something is done with mail that is looked for, and with no other. Later rules handle both, unless the last action is `Deliver.stop()`.
   *
   * @param match what is looked for
   * @param actions what is done: 1 to 9
   * @param options who is exempt
   */
  public static onlyMatching(match: MailMatch, actions: MailAction[], options: GateOptions = {}): MailRuleOptions {
    return diverting(options, [{ pattern: match._pattern, disposition: 'CONTINUE', reason: 'looked for' }], actions);
  }

  /**
   * An entry in a log for each message: envelope, verdicts, and header as SES hands them to functions. It stops nothing.
   *
   * @param options which mail, how long it is kept, and whether personal data is
   */
  public static auditLog(options: MailLogOptions = {}): MailRuleOptions {
    const { recipients, ruleName, tlsPolicy } = options;
    return { recipients, ruleName, tlsPolicy, scan: true, actions: [new MailLogAction(options)] };
  }

  /**
   * How many messages a gate has stopped: it is 0 for those that passed.
   *
   * @param ruleName the name of the gate's rule
   * @param props of the metric; the sum of 5 minutes if nothing else is said
   */
  public static metricStopped(ruleName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const { name, dimension } = STOPPED_METRIC;
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE, metricName: name, dimensionsMap: { [dimension]: ruleName }, statistic: cloudwatch.Stats.SUM, ...props,
    });
  }

  private constructor() {}
}

/** What all gates have, and who sends the bounces of one that does. */
type AnyGateOptions = GateOptions & Pick<GateActionProps, 'bounce'>;

/** A rule that is a gate and nothing else. */
function stopping(options: AnyGateOptions, outcomes: GateOutcome[]): MailRuleOptions {
  return ruleOf(options, outcomes, 'CONTINUE', []);
}

/** A rule that does something with the mail that is looked for, and nothing with other mail. */
function diverting(options: AnyGateOptions, outcomes: GateOutcome[], actions: MailAction[]): MailRuleOptions {
  return ruleOf(options, outcomes, 'STOP_RULE', actions);
}

function ruleOf(
  { recipients, exempt = [], onFailure, ruleName, tlsPolicy, logRetention, bounce }: AnyGateOptions,
  outcomes: GateOutcome[], otherwise: NextStep, actions: MailAction[],
): MailRuleOptions {
  const exemption: GateOutcome[] = exempt.length > 0 ? [{ pattern: MailMatch.anyOf(...exempt)._pattern, disposition: otherwise, reason: 'exempt' }] : [];
  const failure = onFailure ?? (bounce ? GateFailure.RETRY : GateFailure.CONTINUE);
  const gate = new GateAction({
    outcomes: [...exemption, ...outcomes],
    otherwise,
    onFailure: failure === GateFailure.RETRY ? undefined : failure === GateFailure.STOP ? 'STOP_RULE_SET' : otherwise,
    bounce,
    logRetention,
  });
  return { recipients, ruleName, tlsPolicy, scan: true, actions: [gate, ...actions] };
}

function spam({ verdicts = [Verdict.SPAM, Verdict.VIRUS], statuses = [VerdictStatus.FAIL] }: SpamGateOptions): MailPattern {
  return MailMatch.verdict(verdicts, statuses)._pattern;
}

/** A rule has one list of actions, and a gate one sender of bounces. */
function combined(measures: DmarcMeasure[]): { store?: MailAction; bounce?: GateActionProps['bounce'] } {
  const configs = measures.map(({ _config }) => _config);
  const [store, otherStore] = new Set(configs.flatMap(config => config.store ? [config.store] : []));
  const [bounce, otherBounce] = new Set(configs.flatMap(config => config.bounce ? [config.bounce] : []));
  if (otherStore) fail('Gate.twoStores', 'reject and quarantine are given two places, and a rule stores mail in one; give the same measure to both, or make two rules');
  if (otherBounce) fail('Gate.twoBounces', 'reject and quarantine are given two bounces, and a gate sends one; give the same measure to both, or make two rules');
  return { store, bounce };
}
