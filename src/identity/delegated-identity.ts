import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as ses from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import { nameOfArn } from './identity-resource';
import { GrantSendOptions, MailIdentity } from './mail-identity';
import { openNotificationTopic } from './notification-topic';
import { fail } from '../private/errors';
import { finding } from '../private/finding';

/**
 * An identity of another account, whose owner lets this one send from it (sending authorization): the side of those who are let in. The side of the owner is
 * `authorizeSender` of the identity.
 *
 * Each message names the ARN of the identity: `delegatedSendEmail` and its neighbours of `cdk-postmaster/runtime` know how. It counts against the quota of this
 * account, and so do its bounces and complaints, so send it through a stream of yours. It can be given wherever this library takes an identity to send from.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/sending-authorization-delegate-sender-tasks.html
 *
 * @example
 * declare const stream: MailStream;
 * declare const sender: lambda.Function;
 *
 * const theirs = DelegatedIdentity.fromIdentityArn(this, 'Theirs', 'arn:aws:ses:eu-west-1:444455556666:identity/example.com');
 * stream.grantSend(sender, theirs, { fromAddresses: ['partner@example.com'] });
 * sender.addEnvironment('IDENTITY_ARN', theirs.identityArn);
 */
export class DelegatedIdentity extends MailIdentity {
  /**
   * An identity by its ARN, which its owner tells.
   *
   * @param scope where it is used
   * @param id a name for it
   * @param identityArn e.g. `arn:aws:ses:eu-west-1:444455556666:identity/example.com`; one of another Region than that of the stack is refused, since SES lets
   * others send in the Region of the identity only
   */
  public static fromIdentityArn(scope: Construct, id: string, identityArn: string): DelegatedIdentity {
    return new DelegatedIdentity(scope, id, nameOfArn(scope, identityArn));
  }

  /** The domain or the address. */
  public readonly identityName: string;

  /** The account of the owner. */
  public readonly ownerAccount: string;

  /** None: SES lets others use an identity only if it has none. */
  public readonly defaultConfigurationSet?: ses.IConfigurationSet;

  protected readonly identityRef: string;

  private readonly givenArn: string;
  private hasTopic = false;
  private isUsed = false;

  private constructor(scope: Construct, id: string, identity: { name: string; arn: string }) {
    super(scope, id);
    this.identityName = this.identityRef = identity.name;
    this.givenArn = identity.arn;
    this.ownerAccount = Stack.of(this).splitArn(identity.arn, ArnFormat.SLASH_RESOURCE_NAME).account!;
    this.refuseOwn();
    this.node.addValidation({ validate: () => this.checkFeedback() });
  }

  /**
   * The ARN of the identity.
   */
  public override get identityArn(): string {
    return this.givenArn;
  }

  /**
   * Allows to send mail from this identity: on the identity of the owner, and on the configuration sets and templates of this account that are named. The owner has to
   * allow it, too.
   *
   * @param grantee who may send, of this account
   * @param options actions and limits
   */
  public override grantSend(grantee: iam.IGrantable, options: GrantSendOptions = {}): iam.Grant {
    this.isUsed = true;
    return super.grantSend(grantee, options);
  }

  /**
   * Lets SES publish notifications about this identity to a topic of yours. The owner then sets it as a topic of the identity (`FeedbackNotifications`), and hears
   * of nothing there himself.
   *
   * @param topic a standard topic of the Region
   */
  public allowNotificationsTo(topic: sns.ITopic): IDependable[] {
    this.hasTopic = true;
    return openNotificationTopic(this, topic, { account: this.ownerAccount, arn: this.identityArn });
  }

  /**
   * Refused: only the owner lets others in.
   *
   * @param _statement who may do what
   */
  public override addToResourcePolicy(_statement: iam.PolicyStatement): iam.AddToResourcePolicyResult {
    return fail('DelegatedIdentity.notOwner', `"${this.identityName}" belongs to account ${this.ownerAccount}; only the owner of an identity lets others use it`, this);
  }

  private refuseOwn(): void {
    const { account } = Stack.of(this);
    if (Token.isUnresolved(account) || account !== this.ownerAccount) return;
    fail('DelegatedIdentity.own', `"${this.identityArn}" is an identity of this account, which needs no authorization; import it with VerifiedDomain.fromDomainArn or ` +
      'VerifiedAddress.fromAddress', this);
  }

  /** Bounces and complaints count against this account, so somebody here should hear of them. */
  private checkFeedback(): string[] {
    if (this.isUsed && !this.hasTopic && this._grantedSets.size === 0) {
      finding(this, 'DelegatedIdentity.noFeedback', `mail is sent from "${this.identityName}" through no configuration set, and nobody here is notified, so SES mails bounces and ` +
        'complaints to the Return-Path or the sender of each message, while they count against this account; grant sending through a MailStream with `feedback`, or give ' +
        'the owner a topic (allowNotificationsTo)');
    }
    return [];
  }
}
