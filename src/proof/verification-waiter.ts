import { CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { VERIFICATION_RESOURCE_TYPE, type VerificationProperties } from './verification-constants';
import { LONGEST_WAIT, VerificationProvider } from './verification-provider';
import { IMailIdentity, MailIdentity } from '../identity';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { differentPlaces } from '../private/place';

/**
 * Properties of a wait for an identity.
 */
export interface VerificationWaiterProps {
  /**
   * The domain or address, of the account and Region of the stack.
   */
  readonly identity: IMailIdentity;

  /**
   * For how long to wait: from 2 minutes to an hour, which is as long as CloudFormation waits for a custom resource.
   *
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;
}

const SHORTEST_WAIT = Duration.minutes(2);

/**
 * Keeps a deployment until SES has verified an identity, so that what depends on it can send from its first minute: a Cognito user pool, which CloudFormation
 * refuses to make before, or a program that sends as it starts.
 *
 * It waits until mail can leave: the identity is verified, DKIM is there if the domain signs, and so is the MAIL FROM domain if SES refuses mail without it. When
 * time is up, or SES has given up, the deployment fails and says which state SES is in, which records public DNS does not have, and what to do. The wait is for
 * the first deployment and for another identity; updates of the same one do not wait, and deleting the wait deletes nothing else.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
 *
 * @example
 * declare const domain: VerifiedDomain;
 * declare const users: cognito.UserPool;
 *
 * const verified = new VerificationWaiter(this, 'Verified', { identity: domain });
 * users.node.addDependency(verified);
 */
export class VerificationWaiter extends Construct {
  public constructor(scope: Construct, id: string, props: VerificationWaiterProps) {
    super(scope, id);
    const { identity, timeout = Duration.minutes(30) } = props;
    this.checkTimeout(timeout);
    this.checkPlace(identity);
    this.reportHands(identity);
    const provider = VerificationProvider.of(this);
    provider.allow(identity.identityArn);
    const properties: VerificationProperties = { Identity: identity.identityName, TimeoutSeconds: String(timeout.toSeconds()) };
    const wait = new CustomResource(this, 'Resource', { resourceType: VERIFICATION_RESOURCE_TYPE, serviceToken: provider.serviceToken, properties: { ...properties } });
    // its records too: SES looks for them, not for the identity
    wait.node.addDependency(identity);
  }

  private checkTimeout(timeout: Duration): void {
    const seconds = timeout.toSeconds({ integral: false });
    if (seconds >= SHORTEST_WAIT.toSeconds() && seconds <= LONGEST_WAIT.toSeconds() && Number.isInteger(seconds)) return;
    fail('VerificationWaiter.timeout', `the timeout is ${timeout.toHumanString()}; it is from ${SHORTEST_WAIT.toHumanString()} to ${LONGEST_WAIT.toHumanString()}, ` +
      'the longest that CloudFormation waits for a custom resource', this);
  }

  /** SES tells of an identity only its own account, in its own Region. */
  private checkPlace(identity: IMailIdentity): void {
    const [, , , region, account] = identity.identityArn.split(':');
    const places = differentPlaces(this, Token.isUnresolved(identity.identityArn) ? Stack.of(identity) : { account, region });
    if (!places) return;
    fail('VerificationWaiter.elsewhere', `the wait is in ${places.own} and the identity ${identity.node.path} in ${places.other}; SES tells only the owner of an ` +
      'identity how it is, and only in its Region, so wait in a stack there', this);
  }

  private reportHands(identity: IMailIdentity): void {
    if (!(identity instanceof MailIdentity) || identity._verifiedByHand === undefined) return;
    finding(this, 'VerificationWaiter.byHand', `SES verifies ${identity.node.path} only when somebody has done something: ${identity._verifiedByHand}. The deployment waits ` +
      'for that, and fails when it is not done in time; deploy the identity first and the wait later, or acknowledge this if somebody is ready to do it');
  }
}
