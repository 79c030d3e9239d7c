import * as events from 'aws-cdk-lib/aws-events';
import * as ses from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { AdvisorFinding } from './advisor-finding';
import { noticeRule } from './notice-rule';
import { IMailIdentity } from '../identity';
import { fail } from '../private/errors';
import { finding } from '../private/finding';

/**
 * Which changes of a finding people are told of.
 */
export enum AdvisorStatus {
  /** Something was found. */
  OPEN = 'OPEN',
  /** It is cured. */
  RESOLVED = 'RESOLVED',
  /** Both. */
  ANY = 'ANY',
}

/**
 * Properties of notices of the advisor.
 */
export interface AdvisorNoticesProps {
  /**
   * The standard topic through which people are told, of the Region of the notices.
   */
  readonly topic: sns.ITopic;

  /**
   * The identities to hear of.
   *
   * @default - all of the account in this Region, and its tenants
   */
  readonly identities?: IMailIdentity[];

  /**
   * The findings to hear of.
   *
   * @default - all, also those that AWS adds
   */
  readonly findings?: AdvisorFinding[];

  /**
   * Which changes of them to hear of.
   *
   * @default AdvisorStatus.ANY
   */
  readonly status?: AdvisorStatus;
}

/** AWS calls the second one Resolved on one page, and Closed on the one about tenants. */
const DETAIL_TYPES: Record<'OPEN' | 'RESOLVED', string[]> = {
  OPEN: ['Advisor Recommendation Status Open'],
  RESOLVED: ['Advisor Recommendation Status Resolved', 'Advisor Recommendation Status Closed'],
};

/**
 * Tells people what the advisor of Virtual Deliverability Manager finds wrong with the authentication of mail, and what of it is cured. It costs nothing for
 * each identity, so it suits those for which an `IdentityMonitor` is too much.
 *
 * SES does its best to publish these events, and maybe not in order: each notice has its time. A cure takes up to 6 hours to show. The advisor works only
 * while Virtual Deliverability Manager is enabled, a paid feature of the account.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/vdm-advisor.html
 *
 * @example
 * declare const domain: VerifiedDomain;
 * declare const operators: sns.Topic;
 *
 * new AdvisorNotices(this, 'Advisor', { topic: operators, identities: [domain], status: AdvisorStatus.OPEN });
 */
export class AdvisorNotices extends Construct {
  /** The rule, to which other targets can be added. */
  public readonly rule: events.Rule;

  public constructor(scope: Construct, id: string, props: AdvisorNoticesProps) {
    super(scope, id);
    this.refuseEmpty(props);
    const [resource, text] = ['$.resources[0]', '$.detail.data'].map(path => events.EventField.fromPath(path));
    this.rule = noticeRule(this, props.topic, {
      description: 'Tells what the advisor of Amazon SES finds.',
      eventPattern: patternOf(props),
      text: `Amazon SES, ${events.EventField.detailType}, at ${events.EventField.time}: ${resource}: ${text} ` +
        'What to do: https://docs.aws.amazon.com/ses/latest/dg/vdm-advisor.html',
    });
    this.reportVdm();
  }

  private refuseEmpty({ identities, findings }: AdvisorNoticesProps): void {
    if (identities?.length === 0) fail('AdvisorNotices.noIdentities', 'identities is an empty list, so the rule would never match; leave it out to hear of all', this);
    if (findings?.length === 0) fail('AdvisorNotices.noFindings', 'findings is an empty list, so the rule would never match; leave it out to hear of all', this);
  }

  /** Who switches the feature on may come later. */
  private reportVdm(): void {
    this.node.addValidation({
      validate: () => {
        if (!this.node.root.node.findAll().some(child => child instanceof ses.CfnVdmAttributes)) {
          finding(this, 'AdvisorNotices.vdmUnknown', 'the advisor is part of Virtual Deliverability Manager, which nothing in this app switches on for the account; add ' +
            'ses.VdmAttributes once an account and Region, or acknowledge this if it is on');
        }
        return [];
      },
    });
  }
}

function patternOf({ identities, findings, status = AdvisorStatus.ANY }: AdvisorNoticesProps): events.EventPattern {
  return {
    source: ['aws.ses'],
    detailType: status === AdvisorStatus.ANY ? [...DETAIL_TYPES.OPEN, ...DETAIL_TYPES.RESOLVED] : DETAIL_TYPES[status],
    ...identities ? { resources: identities.map(({ identityArn }) => identityArn) } : {},
    ...findings ? { detail: { data: findings.map(({ text }) => text) } } : {},
  };
}
