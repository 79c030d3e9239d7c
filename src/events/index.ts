export {
  ConfigurationSetEventDestination, type ConfigurationSetEventDestinationOptions, type ConfigurationSetEventDestinationProps,
} from './configuration-set-event-destination';
export { EventArchive, type EventArchiveProps } from './event-archive';
export { EventDestination, type EventDestinationConfig } from './event-destination';
export { EventDimension } from './event-dimension';
export { EventTypes } from './event-types';
export { type FirehoseDestinationOptions } from './firehose-destination';
