import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import type { ZoneAccess } from './route53-in-account-constants';
import type { DnsRecord } from '../records';

/**
 * Records to publish together: all of them, or none.
 */
export interface DnsPublication {
  /**
   * The records. Those of one name and type are one record set already.
   */
  readonly records: DnsRecord[];

  /**
   * What becomes of the records when the construct leaves the stack.
   */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Where the records of a mail domain are published. Extend it to add a DNS provider; `Dns` has the ones that come with the library.
 */
export abstract class MailDns {
  /**
   * The domain that an identity gets when it names none: the name of the zone. May be a token.
   */
  public abstract readonly domainName: string;

  /**
   * Whether a person has to enter the records, after the deployment has told them.
   *
   * @internal
   */
  public readonly _isByHand?: boolean;

  /**
   * The hosted zone, for programs that change records between deployments; undefined where they cannot.
   *
   * @internal
   */
  public readonly _zone?: ZoneAccess;

  /**
   * Publishes records.
   *
   * @param scope the construct to create resources under
   * @param id a name, unique in that scope, for what is created
   * @param publication the records and what becomes of them
   * @returns what to depend on in order to come after the records
   */
  public abstract publish(scope: Construct, id: string, publication: DnsPublication): IDependable;
}
