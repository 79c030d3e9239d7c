import { isIPv4 } from 'node:net';
import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { sesMetric } from '../events/ses-metric';
import { fail } from '../private/errors';

/**
 * What Outlook's Smart Network Data Services (SNDS) say of a dedicated IP address: how it looks to Hotmail.com, Live.com, Outlook.com and the like.
 */
export enum SndsFigure {
  /** RCPT commands that came from the address. */
  RCPT_COMMANDS = 'SNDS.RCPTCommands',

  /** DATA commands that came from the address. */
  DATA_COMMANDS = 'SNDS.DATACommands',

  /** Recipients of messages that came from the address. */
  MESSAGE_RECIPIENTS = 'SNDS.MessageRecipients',

  /** How much of the mail is taken for spam: 0 for less than 10 %, 0.5 up to 90 %, 1 from there on. */
  SPAM_RATE = 'SNDS.SpamRate',

  /** How much of the mail is complained about, as a fraction: 0.05 is 5 %, and 0 less than 0.1 %. */
  COMPLAINT_RATE = 'SNDS.ComplaintRate',

  /** Messages to addresses that nobody uses, except to catch spam. */
  TRAP_HITS = 'SNDS.TrapHits',
}

/**
 * By which name CloudWatch knows dedicated IP addresses.
 */
export interface SndsMetricsOptions {
  /**
   * The name of the dimension that holds the address. AWS documents none; once an address of yours has enough mail to Outlook,
   * `aws cloudwatch list-metrics --namespace AWS/SES --metric-name SNDS.SpamRate` shows it.
   */
  readonly dimensionName: string;
}

/** Outlook updates its figures once a day. */
const PERIOD = Duration.days(1);

const DISCOVER = 'aws cloudwatch list-metrics --namespace AWS/SES --metric-name SNDS.SpamRate';

/**
 * Outlook's figures for one dedicated IP address: the maximum of a day. They are there only for Regions with dedicated addresses, and for days with enough
 * mail to Outlook, so that an alarm on them treats missing data as `NOT_BREACHING`. AWS cannot change them: ask Outlook.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/snds-metrics-dedicated-ips.html
 *
 * @example
 * const outlook = SndsMetrics.forIp('192.0.2.1', { dimensionName: 'IP' });
 * outlook.metric(SndsFigure.TRAP_HITS).createAlarm(this, 'TrapHits', {
 *   threshold: 1, evaluationPeriods: 1, treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
 * });
 */
export class SndsMetrics {
  /**
   * The figures for one address.
   *
   * @param ip an IPv4 address, e.g. `192.0.2.1`
   * @param options the name of the dimension
   */
  public static forIp(ip: string, options: SndsMetricsOptions): SndsMetrics {
    return new SndsMetrics(ip, options.dimensionName);
  }

  /**
   * A figure for all addresses of the account, one line each, for a graph. CloudWatch takes no alarm on it.
   *
   * @param figure the figure
   */
  public static forAllIps(figure: SndsFigure): cloudwatch.SearchExpression {
    return new cloudwatch.SearchExpression({
      expression: `SEARCH('Namespace="AWS/SES" MetricName="${figure}"', '${cloudwatch.Stats.MAXIMUM}', ${PERIOD.toSeconds()})`,
      period: PERIOD,
    });
  }

  private constructor(private readonly ip: string, private readonly dimensionName: string) {
    if (!isIPv4(ip) && !Token.isUnresolved(ip)) {
      fail('SndsMetrics.ip', `"${ip}" is not an IPv4 address; the dedicated addresses of SES are, e.g. "192.0.2.1"`);
    }
    if (dimensionName === '') {
      fail('SndsMetrics.dimensionName', `dimensionName is empty; it is the name of the dimension that \`${DISCOVER}\` shows`);
    }
  }

  /**
   * A figure for the address. Maximum of a day.
   *
   * @param figure the figure
   * @param options label, Region and the like
   */
  public metric(figure: SndsFigure, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return sesMetric(figure, {
      statistic: cloudwatch.Stats.MAXIMUM, period: PERIOD, dimensionsMap: { [this.dimensionName]: this.ip }, ...options,
    });
  }
}
