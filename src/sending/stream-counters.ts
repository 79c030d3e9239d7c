import type { EmailSendingEvent } from 'aws-cdk-lib/aws-ses';
import { IMailStream } from './mail-stream-base';
import { EventDestination, EventDimension, EventTypes } from '../events';
import { destinationsOf } from '../identity/feedback-coverage';
import { REWRITES_MAIL } from '../ses/event-type';
import { AutoTag } from '../ses/message-tags';

const ORDINARY = EventTypes.ALL.filter(event => !REWRITES_MAIL.has(event));

/**
 * The CloudWatch destinations that a stream makes when somebody asks for a counter. Those that rewrite mail are apart: asking for sends must not do that.
 */
export class StreamCounters {
  public constructor(private readonly stream: IMailStream) {}

  /** Makes the destination that counts an event, unless one does already: two would count each event twice. */
  public ensure(event: EmailSendingEvent): void {
    if (destinationsOf(this.stream).some(({ kind, events, dimensions }) => kind === 'cloudWatch' && events.includes(event) && isOfSet(dimensions))) return;
    const rewrites = REWRITES_MAIL.has(event);
    this.stream.addEventDestination(rewrites ? 'EngagementCounters' : 'Counters', {
      destination: EventDestination.cloudWatchDimensions([EventDimension.autoTag(AutoTag.CONFIGURATION_SET, this.stream.configurationSetName)]),
      events: this.uncounted(rewrites ? EventTypes.ENGAGEMENT : ORDINARY),
    });
  }

  private uncounted(events: EmailSendingEvent[]): EmailSendingEvent[] {
    const counted = destinationsOf(this.stream).filter(({ dimensions }) => isOfSet(dimensions)).flatMap(destination => destination.events);
    return events.filter(event => !counted.includes(event));
  }
}

function isOfSet(dimensions: string[]): boolean {
  return dimensions.length === 1 && dimensions[0] === AutoTag.CONFIGURATION_SET;
}
