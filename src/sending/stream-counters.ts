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
    const counted = this.countedEvents();
    if (counted.includes(event)) return;
    const rewrites = REWRITES_MAIL.has(event);
    this.stream.addEventDestination(rewrites ? 'EngagementCounters' : 'Counters', {
      destination: EventDestination.cloudWatchDimensions([EventDimension.autoTag(AutoTag.CONFIGURATION_SET, this.stream.configurationSetName)]),
      events: (rewrites ? EventTypes.ENGAGEMENT : ORDINARY).filter(other => !counted.includes(other)),
    });
  }

  private countedEvents(): string[] {
    return destinationsOf(this.stream).filter(({ enabled, dimensions }) => enabled && isOfSet(dimensions)).flatMap(({ events }) => events);
  }
}

function isOfSet(dimensions: string[]): boolean {
  return dimensions.length === 1 && dimensions[0] === AutoTag.CONFIGURATION_SET;
}
