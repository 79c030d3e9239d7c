import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { IdentityFigure } from './identity-figure';
import { SES_GIVES_UP_HOURS, STATE_LEVEL } from './monitor-constants';
import { type IMailIdentity, VerifiedAddress, VerifiedDomain } from '../identity';

type MetricOf = (figure: IdentityFigure, options?: cloudwatch.MetricOptions) => cloudwatch.Metric;

/** How long somebody may take to publish records, or to follow the link that SES mails to an address. */
const PENDING_HOURS = 24;

/** DNS may fail to answer once; what three looks in a row do not find is gone. */
const LOOKS = 3;

/** An alarm of an identity. */
interface IdentityAlarm {
  readonly id: string;
  readonly metric: cloudwatch.Metric;
  readonly level: number;
  readonly periods?: number;
  readonly description: string;
}

/**
 * The alarms of an identity, without actions.
 */
export function identityAlarms(scope: Construct, identity: IMailIdentity, metric: MetricOf): cloudwatch.Alarm[] {
  return alarmsOf(identity, metric).map(alarm => createAlarm(scope, alarm));
}

/**
 * The alarm of an identity that has notifications, without actions. A look between the changes of one deployment may find half of them.
 */
export function notificationsAlarm(scope: Construct, identity: IMailIdentity, metric: MetricOf): cloudwatch.Alarm {
  return createAlarm(scope, {
    id: 'Notifications',
    metric: metric(IdentityFigure.LOST_NOTIFICATIONS, { statistic: cloudwatch.Stats.MINIMUM }),
    level: 1,
    periods: 2,
    description: `Notifications of ${identity.identityName} no longer go where they were set to go: SES takes off a topic to which it cannot publish, and forwards bounces and ` +
      'complaints by mail instead. Mend the topic, its policy and that of its key as the log of the monitor tells, and then change `revision` of ' +
      'FeedbackNotifications, which sets it again.',
  });
}

function createAlarm(scope: Construct, alarm: IdentityAlarm): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, alarm.id, {
    metric: alarm.metric,
    threshold: alarm.level,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: alarm.periods ?? 1,
    // while the monitor is silent nothing is known, and another alarm says so
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
    alarmDescription: alarm.description,
  });
}

function alarmsOf(identity: IMailIdentity, metric: MetricOf): IdentityAlarm[] {
  const has = featuresOf(identity);
  return [
    ...verificationAlarms(identity.identityName, metric),
    ...has.dkim ? [dkimAlarm(identity.identityName, metric)] : [],
    ...has.mailFrom ? [mailFromAlarm(identity.identityName, metric)] : [],
    ...has.records ? [recordsAlarm(identity.identityName, metric)] : [],
  ];
}

/** What there is to watch. An imported domain is taken to have all of it. Of an address only a MAIL FROM domain of its own has records. */
function featuresOf(identity: IMailIdentity): { dkim: boolean; mailFrom: boolean; records: boolean } {
  if (identity instanceof VerifiedDomain) return { dkim: identity.signing, mailFrom: identity.mailFromDomain !== undefined, records: true };
  const isAddress = !Token.isUnresolved(identity.identityName) && identity.identityName.includes('@');
  const mailFrom = identity instanceof VerifiedAddress ? identity.dnsRecords.length > 0 : !isAddress;
  return { dkim: !isAddress, mailFrom, records: mailFrom };
}

function verificationAlarms(name: string, metric: MetricOf): IdentityAlarm[] {
  return [{
    id: 'Unverified',
    metric: metric(IdentityFigure.VERIFICATION),
    level: STATE_LEVEL.failing,
    description: `SES no longer finds the DNS records of ${name} (state 2) and gives up ${SES_GIVES_UP_HOURS} hours after it last did: the metric HoursLeft counts ` +
      'down. Publish the records that the log of the monitor names. State 3: SES has given up, or the identity is gone, and refuses its mail; set it up again.',
  }, {
    id: 'Pending',
    metric: metric(IdentityFigure.VERIFICATION, { period: Duration.hours(1), statistic: cloudwatch.Stats.MINIMUM }),
    level: STATE_LEVEL.pending,
    periods: PENDING_HOURS,
    description: `SES has not verified ${name} for ${PENDING_HOURS} hours and refuses its mail. For a domain: publish the records, SES looks for them for ` +
      `${SES_GIVES_UP_HOURS} hours. For an address: the link in SES's message has expired, have it sent again.`,
  }];
}

function dkimAlarm(name: string, metric: MetricOf): IdentityAlarm {
  return {
    id: 'Unsigned',
    metric: metric(IdentityFigure.DKIM),
    level: STATE_LEVEL.failing,
    description: `Mail from ${name} is not signed by DKIM, or soon will not be: SES does not find the DKIM records (state 2), or has given up looking, or signing is ` +
      'switched off (state 3). Publish the records that the log of the monitor names; after state 3 set DKIM up again.',
  };
}

function mailFromAlarm(name: string, metric: MetricOf): IdentityAlarm {
  return {
    id: 'MailFrom',
    metric: metric(IdentityFigure.MAIL_FROM),
    level: STATE_LEVEL.failing,
    description: `SES does not find the MX record of the MAIL FROM domain of ${name} and does not use it: mail goes out with a domain of amazonses.com, so that SPF does ` +
      `not align, or is refused. Publish the record within ${SES_GIVES_UP_HOURS} hours (state 2); after that (state 3) set the MAIL FROM domain up again.`,
  };
}

function recordsAlarm(name: string, metric: MetricOf): IdentityAlarm {
  return {
    id: 'MissingRecords',
    metric: metric(IdentityFigure.MISSING_RECORDS, { statistic: cloudwatch.Stats.MINIMUM }),
    level: 1,
    periods: LOOKS,
    description: `Public DNS lacks records of ${name}, or has others in their place: receivers notice at once, and SES revokes what it does not find for ` +
      `${SES_GIVES_UP_HOURS} hours. Publish the records that the log of the monitor names.`,
  };
}
