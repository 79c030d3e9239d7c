import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { DelegatingIdentity, IDelegatingIdentity } from '../delegation';
import { HAS_ADDRESS_KEYS, NEEDS_TEMPLATE, SendAction } from '../delegation/send-action';
import { ADDRESS_CONDITIONS, mixedCasePatterns, renderConditions, SendConditions } from '../delegation/send-conditions';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { checkName, SES_NAMES } from '../ses/names';

/**
 * What a grantee may send, and within which limits.
 */
export interface SendPermission extends SendConditions {
  /**
   * The actions to allow.
   *
   * @default [SendAction.SEND_EMAIL, SendAction.SEND_RAW_EMAIL]
   */
  readonly actions?: SendAction[];

  /**
   * The names of the templates that the grantee may send.
   *
   * @default - none
   */
  readonly templates?: string[];
}

/**
 * What a grantee may send from an identity, and through which configuration sets.
 */
export interface GrantSendOptions extends SendPermission {
  /**
   * The configuration sets that the grantee may name when it sends, beside the identity's default one.
   *
   * @default - the identity's default configuration set only
   */
  readonly configurationSets?: ses.IConfigurationSet[];

  /**
   * Whether mail that goes through the identity's default configuration set may be sent, named or not.
   *
   * @default true
   */
  readonly defaultConfigurationSet?: boolean;
}

/**
 * An SES identity that mail can be sent from: a domain or an address.
 */
export interface IMailIdentity extends IDelegatingIdentity {
  /**
   * The identity as other constructs of aws-cdk-lib take it.
   */
  readonly identity: ses.IEmailIdentity;

  /**
   * Allows to send mail from this identity: on the identity, on its default configuration set, and on the sets and templates named.
   *
   * SES authorizes a call on each of them; a grant on the identity alone fails as soon as a configuration set is involved.
   *
   * @param grantee who may send, of the same account
   * @param options actions and limits
   */
  grantSend(grantee: iam.IGrantable, options?: GrantSendOptions): iam.Grant;

  /**
   * Allows to answer received mail with a bounce message.
   *
   * @param grantee who may bounce
   * @param fromAddresses the From addresses of the bounce messages, with `*` as wildcard
   */
  grantSendBounce(grantee: iam.IGrantable, fromAddresses: string[]): iam.Grant;
}

/**
 * What domains, addresses and imported identities share.
 */
export abstract class MailIdentity extends DelegatingIdentity implements IMailIdentity {
  /**
   * What a person has to do before SES verifies the identity, for a sentence; undefined when the deployment does it all, or nothing is known of it.
   *
   * @internal
   */
  public _verifiedByHand?: string;

  /** The domain or the address as other resources refer to it, so that they come after it. */
  protected abstract readonly identityRef: string;

  /**
   * The configuration sets that grantees may name.
   *
   * @internal
   */
  protected readonly _grantedSets = new Set<ses.IConfigurationSet>();

  /**
   * The Region of the identity, where it is not that of its stack.
   *
   * @internal
   */
  protected readonly _region?: string;

  private importedIdentity?: ses.IEmailIdentity;

  /**
   * The ARN of the identity.
   */
  public get identityArn(): string {
    return this.arnOf('identity', this.identityRef);
  }

  /**
   * The identity as other constructs of aws-cdk-lib take it. The CloudFormation resource is `node.defaultChild`.
   */
  public get identity(): ses.IEmailIdentity {
    // made when somebody asks: one construct less for each of thousands of domains
    this.importedIdentity ??= ses.EmailIdentity.fromEmailIdentityName(this, 'Identity', this.identityRef);
    return this.importedIdentity;
  }

  /**
   * Allows to send mail from this identity: on the identity, on its default configuration set, and on the sets and templates named.
   *
   * @param grantee who may send, of the same account
   * @param options actions and limits
   */
  public grantSend(grantee: iam.IGrantable, options: GrantSendOptions = {}): iam.Grant {
    const actions = options.actions ?? [SendAction.SEND_EMAIL, SendAction.SEND_RAW_EMAIL];
    this.checkActions(actions, options);
    this.refuseForeignGrantee(grantee);
    const patterns = mixedCasePatterns(options);
    if (patterns.length > 0) {
      const who = Construct.isConstruct(grantee) ? grantee.node.path : grantee.grantPrincipal;
      finding(this, 'Grant.mixedCase', `the grant to ${who} has ${patterns.join(', ')}: IAM compares letter by letter, ` +
        'so an address in lower case will not match; write patterns as the sender writes addresses');
    }
    return iam.Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [this.identityArn, ...this.configurationSetArns(options), ...this.templateArns(options)],
      conditions: located(this, () => renderConditions(options)),
    });
  }

  /**
   * Allows to answer received mail with a bounce message.
   *
   * @param grantee who may bounce
   * @param fromAddresses the From addresses of the bounce messages, with `*` as wildcard
   */
  public grantSendBounce(grantee: iam.IGrantable, fromAddresses: string[]): iam.Grant {
    this.refuseForeignGrantee(grantee);
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['ses:SendBounce'],
      resourceArns: [this.identityArn],
      conditions: located(this, () => renderConditions({ fromAddresses })),
    });
  }

  private checkActions(actions: SendAction[], options: GrantSendOptions): void {
    if (actions.length === 0) fail('Grant.noAction', 'actions is an empty list; leave it out to allow SendEmail and SendRawEmail', this);
    const templated = actions.find(action => NEEDS_TEMPLATE.has(action));
    if (templated && !options.templates?.length) {
      fail('Grant.template', `${templated} is authorized on a template too; name those that may be sent in the option \`templates\``, this);
    }
    const blind = actions.find(action => !HAS_ADDRESS_KEYS.has(action));
    const limit = ADDRESS_CONDITIONS.find(condition => options[condition] !== undefined);
    if (blind && limit) {
      fail('Grant.addressCondition', `SES does not tell IAM the addresses of a ${blind} call, so \`${limit}\` would deny every one; ` +
        'grant it apart, without limits to addresses', this);
    }
  }

  /** IAM alone cannot let another account in: that takes a policy on the identity. */
  private refuseForeignGrantee(grantee: iam.IGrantable): void {
    const account = grantee.grantPrincipal.principalAccount;
    const own = Stack.of(this).account;
    if (account === undefined || Token.isUnresolved(account) || Token.isUnresolved(own) || account === own) return;
    fail('Grant.otherAccount', `the grantee belongs to account ${account} and the identity to ${own}; ` +
      'SES lets another account send only by a policy on the identity: authorizeSender({ principals: [...] }) here, and DelegatedIdentity in the app of that account', this);
  }

  private configurationSetArns(options: GrantSendOptions): string[] {
    const named = options.configurationSets ?? [];
    named.forEach(set => this._grantedSets.add(set));
    const sets = this.defaultConfigurationSet && options.defaultConfigurationSet !== false ? [this.defaultConfigurationSet, ...named] : named;
    return [...new Set(sets.map(set => this.arnOf('configuration-set', set.configurationSetName)))];
  }

  private templateArns(options: GrantSendOptions): string[] {
    return (options.templates ?? []).map(template => this.arnOf('template', located(this, () => checkName(SES_NAMES.template, template))));
  }

  private arnOf(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'ses', region: this._region, resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  }
}

/**
 * An identity that exists already, maybe in another account which lets this one send (sending authorization).
 */
export class ImportedIdentity extends MailIdentity {
  public readonly identityName: string;
  protected readonly identityRef: string;
  protected override readonly _region?: string;
  private readonly givenArn?: string;

  public constructor(
    scope: Construct, id: string, identity: { name: string; arn?: string; region?: string },
    public readonly defaultConfigurationSet?: ses.IConfigurationSet,
  ) {
    super(scope, id);
    this.identityName = identity.name;
    this.identityRef = identity.name;
    this._region = identity.region;
    this.givenArn = identity.arn;
  }

  public override get identityArn(): string {
    return this.givenArn ?? super.identityArn;
  }
}
