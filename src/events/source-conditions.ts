import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { IConstruct } from 'constructs';
import type { SesSource } from '../private/ses-source';

/**
 * A configuration set as the policy of a resource names it.
 *
 * @param holder the construct that carries the policy
 * @param set the configuration set on whose behalf SES acts
 */
export function sourceOf(holder: IConstruct, set: ses.IConfigurationSet): SesSource {
  const stack = Stack.of(set);
  const resourceName = nameSeenFrom(holder, set);
  return {
    account: stack.account,
    arn: stack.formatArn({ service: 'ses', resource: 'configuration-set', resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME }),
  };
}

/**
 * A generated name belongs to the stack of the set. A policy in another stack which the set already depends on (its topic, say) could refer to it only
 * in a circle, so there it covers all sets of the account and Region, unless the set has a name that is known beforehand.
 */
function nameSeenFrom(holder: IConstruct, set: ses.IConfigurationSet): string {
  if (Stack.of(holder) === Stack.of(set)) return set.configurationSetName;
  const resource = set.node.defaultChild;
  const given = resource instanceof ses.CfnConfigurationSet ? resource.name : set.configurationSetName;
  return given === undefined || Token.isUnresolved(given) ? '*' : given;
}
