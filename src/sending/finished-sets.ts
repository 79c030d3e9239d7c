import * as ses from 'aws-cdk-lib/aws-ses';
import type { IConstruct } from 'constructs';
import { finishedProperties } from '../private/finished-properties';

/** What the template will say of a configuration set, whoever made it and whatever changed it afterwards. */
export interface FinishedSet {
  readonly resource: ses.CfnConfigurationSet;
  readonly sendingPool: unknown;
  readonly trackingDomain: unknown;
}

interface Properties {
  readonly DeliveryOptions?: { readonly SendingPoolName?: unknown };
  readonly TrackingOptions?: { readonly CustomRedirectDomain?: unknown };
}

/**
 * The configuration sets of the app that a construct belongs to. To be asked when the tree is complete.
 */
export function finishedSets(scope: IConstruct): FinishedSet[] {
  return scope.node.root.node.findAll().filter(node => node instanceof ses.CfnConfigurationSet).map(resource => {
    const properties = finishedProperties<Properties>(resource);
    return {
      resource,
      sendingPool: properties.DeliveryOptions?.SendingPoolName,
      trackingDomain: properties.TrackingOptions?.CustomRedirectDomain,
    };
  });
}

/**
 * Whether a property of a finished set is this value, which may be a token.
 */
export function isSaid(set: FinishedSet, property: unknown, value: string): boolean {
  return property !== undefined && JSON.stringify(property) === JSON.stringify(set.resource.stack.resolve(value));
}
