import { CfnResource, Stack } from 'aws-cdk-lib';
import { NagMessageLevel, NagPack, NagPackProps, NagRuleCompliance, NagRuleResult } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import {
  broadSending, exposedDkimKey, noDefaultConfigurationSet, optionalTls, Properties, sendingUser, unpublishedReputation, unsignedIdentity,
} from './rules';

const IDENTITY = 'AWS::SES::EmailIdentity';
const CONFIGURATION_SET = 'AWS::SES::ConfigurationSet';
const POLICY_HOLDERS = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];

interface Rule {
  readonly id: string;
  readonly info: string;
  readonly explanation: string;
  readonly level: NagMessageLevel;
  readonly types: string[];
  check(properties: Properties, type: string): boolean | string[];
}

const RULES: Rule[] = [
  {
    id: 'SendingPermission',
    info: 'A policy allows all of SES, or sending from every identity of the account.',
    explanation: 'Whoever holds it can send as any domain of the account, and one leaked credential spoils the reputation of all. Use grantSend of the identity.',
    level: NagMessageLevel.ERROR,
    types: POLICY_HOLDERS,
    check: broadSending,
  },
  {
    id: 'SendingUser',
    info: 'An IAM user, or a group of users, may send mail.',
    explanation: 'The access keys of users last until somebody takes them away, and one that leaks sends in your name. Let programs send by roles; a user that is ' +
      'there for SMTP, which knows no roles, can be acknowledged.',
    level: NagMessageLevel.WARN,
    types: POLICY_HOLDERS,
    check: sendingUser,
  },
  {
    id: 'DkimKeyInTemplate',
    info: 'The DKIM private key stands in the template.',
    explanation: 'Whoever reads the template can sign mail as the domain. Keep the key in Secrets Manager and refer to it.',
    level: NagMessageLevel.ERROR,
    types: [IDENTITY],
    check: exposedDkimKey,
  },
  {
    id: 'DkimSigning',
    info: 'Mail from the identity is not signed with DKIM.',
    explanation: 'Receivers treat unsigned mail as suspect, and forwarded mail fails DMARC without a signature. Enable signing, or acknowledge with the reason.',
    level: NagMessageLevel.ERROR,
    types: [IDENTITY],
    check: unsignedIdentity,
  },
  {
    id: 'DefaultConfigurationSet',
    info: 'The identity has no default configuration set.',
    explanation: 'Mail which names no configuration set publishes no events: its bounces and complaints are seen by nobody but the Return-Path mailbox.',
    level: NagMessageLevel.WARN,
    types: [IDENTITY],
    check: noDefaultConfigurationSet,
  },
  {
    id: 'ConfigurationSetTls',
    info: 'The configuration set lets mail travel unencrypted.',
    explanation: 'Unless TLS is required, SES sends in plain text to a server that offers no TLS. Require it, or acknowledge that such mail is to be delivered ' +
      'all the same: with TLS required, SES drops it and reports a bounce.',
    level: NagMessageLevel.ERROR,
    types: [CONFIGURATION_SET],
    check: optionalTls,
  },
  {
    id: 'ReputationMetrics',
    info: 'SES does not publish the bounce and complaint rate of the configuration set.',
    explanation: 'No alarm can watch the rates by which AWS judges this mail, so the first to notice is AWS. Enable reputation metrics.',
    level: NagMessageLevel.WARN,
    types: [CONFIGURATION_SET],
    check: unpublishedReputation,
  },
];

/**
 * cdk-nag rules about mail, for all resources of an app, whoever made them.
 *
 * @example
 * declare const app: App;
 *
 * Validations.of(app).addPlugins(new MailChecks(app));
 */
export class MailChecks extends NagPack {
  /** The name of the pack. */
  public readonly name = 'CdkPostmaster';

  public constructor(scope?: IConstruct, props?: NagPackProps) {
    super(scope, props);
    this.packName = this.name;
  }

  /**
   * Checks one resource.
   *
   * @param node the resource
   */
  protected checkResource(node: CfnResource): void {
    for (const rule of RULES.filter(({ types }) => types.includes(node.cfnResourceType))) {
      this.applyRule({
        ...rule, ruleSuffixOverride: rule.id, node, rule: resource => verdict(rule.check(propertiesOf(resource), resource.cfnResourceType)),
      });
    }
  }
}

function verdict(result: boolean | string[]): NagRuleResult {
  if (Array.isArray(result)) return result.length > 0 ? result : NagRuleCompliance.COMPLIANT;
  return result ? NagRuleCompliance.NON_COMPLIANT : NagRuleCompliance.COMPLIANT;
}

/** The properties as the template will have them. */
function propertiesOf(resource: CfnResource): Properties {
  const template = Stack.of(resource).resolve(resource._toCloudFormation()) as { Resources: Record<string, { Properties?: Properties }> };
  return Object.values(template.Resources)[0].Properties ?? {};
}
