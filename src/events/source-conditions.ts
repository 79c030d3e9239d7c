import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { IConstruct } from 'constructs';

/**
 * Lets SES do something for one configuration set of this account, and for nothing else.
 *
 * @param holder the construct that carries the policy
 * @param set the configuration set on whose behalf SES acts
 */
export function sesFor(holder: IConstruct, set: ses.IConfigurationSet): iam.ServicePrincipal {
  return new iam.ServicePrincipal('ses.amazonaws.com', { conditions: sourceConditions(holder, set) });
}

/** The conditions without which SES could be used as a deputy by anybody's configuration set. */
export function sourceConditions(holder: IConstruct, set: ses.IConfigurationSet): Record<string, Record<string, string>> {
  const { account } = Stack.of(set);
  const name = nameSeenFrom(holder, set);
  const arn = Stack.of(set).formatArn({ service: 'ses', resource: 'configuration-set', resourceName: name, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  return name === ANY ?
    { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': arn } } :
    { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': arn } };
}

const ANY = '*';

/**
 * A generated name belongs to the stack of the set. A policy in another stack which the set already depends on (its topic, say) could refer to it only
 * in a circle, so there it covers all sets of the account and Region, unless the set has a name that is known beforehand.
 */
function nameSeenFrom(holder: IConstruct, set: ses.IConfigurationSet): string {
  if (Stack.of(holder) === Stack.of(set)) return set.configurationSetName;
  const resource = set.node.defaultChild;
  const given = resource instanceof ses.CfnConfigurationSet ? resource.name : set.configurationSetName;
  return given === undefined || Token.isUnresolved(given) ? ANY : given;
}
