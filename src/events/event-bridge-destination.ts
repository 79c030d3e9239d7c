import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { EventDestinationConfig } from './event-destination';
import { fail } from '../private/errors';

/**
 * Publishes to the default event bus, which needs no permission.
 */
export function bindEventBus(scope: Construct, bus?: events.IEventBus): EventDestinationConfig {
  if (bus) refuseOtherBus(scope, bus);
  return { eventBridgeDestination: { eventBusArn: defaultBusArn(scope) }, permissions: [] };
}

function defaultBusArn(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default', arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
}

function refuseOtherBus(scope: Construct, bus: events.IEventBus): void {
  const { eventBusName } = bus;
  if (bus.eventBusArn === defaultBusArn(scope) || eventBusName === 'default') return;
  fail('EventDestination.customBus', `the event bus ${Token.isUnresolved(eventBusName) ? bus.node.path : `"${eventBusName}"`} is not the default bus, and SES ` +
    'publishes to the default bus of the account only; leave the bus out, and forward events to yours with a rule', scope);
}
