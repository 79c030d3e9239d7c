import type * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { EventDestinationConfig } from './event-destination';
import { checkDimensions, reportCardinality } from './event-dimension';
import { located } from '../private/errors';

/**
 * Publishes counters to CloudWatch, which needs no permission.
 */
export function bindDimensions(scope: Construct, dimensions: ses.CloudWatchDimension[]): EventDestinationConfig {
  located(scope, () => checkDimensions(dimensions));
  reportCardinality(scope, dimensions);
  const dimensionConfigurations = dimensions.map(({ source, name, defaultValue }) => ({
    dimensionValueSource: source, dimensionName: name, defaultDimensionValue: defaultValue,
  }));
  return { cloudWatchDestination: { dimensionConfigurations }, permissions: [] };
}
