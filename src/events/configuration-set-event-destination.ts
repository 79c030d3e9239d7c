import { Resource } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { EventDestination, type EventDestinationConfig } from './event-destination';
import { EventTypes } from './event-types';
import { eventCounter } from './ses-metric';
import { destinationsOf, enterDestination } from '../identity/feedback-coverage';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { SES_LIMITS } from '../ses/limits';
import { checkName, SES_NAMES } from '../ses/names';

/**
 * What is published where.
 */
export interface ConfigurationSetEventDestinationOptions {
  /**
   * Where events go.
   */
  readonly destination: EventDestination;

  /**
   * Which events go there. With `OPEN` or `CLICK` SES rewrites mail.
   *
   * @default EventTypes.DELIVERABILITY
   */
  readonly events?: ses.EmailSendingEvent[];

  /**
   * Whether events are published now. A destination that is switched off keeps its place.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * The name of the destination: 1 to 64 letters, digits, `-` and `_`, unique in the set.
   *
   * @default - a name that CloudFormation makes
   */
  readonly configurationSetEventDestinationName?: string;
}

/**
 * Properties of an event destination.
 */
export interface ConfigurationSetEventDestinationProps extends ConfigurationSetEventDestinationOptions {
  /**
   * The configuration set whose events are published.
   */
  readonly configurationSet: ses.IConfigurationSet;
}

/**
 * An event destination of a configuration set. It is created after the permissions that SES needs for it, and deleted before them.
 *
 * `MailStream.addEventDestination` makes one; this class is for configuration sets of other makers.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ses-configurationseteventdestination.html
 */
export class ConfigurationSetEventDestination extends Resource {
  /** The events that are published. */
  public readonly events: ses.EmailSendingEvent[];

  /** Whether events are published now. */
  public readonly enabled: boolean;

  private readonly config: EventDestinationConfig;

  public constructor(scope: Construct, id: string, props: ConfigurationSetEventDestinationProps) {
    super(scope, id, { physicalName: props.configurationSetEventDestinationName });
    this.events = [...new Set(props.events ?? EventTypes.DELIVERABILITY)];
    this.enabled = props.enabled ?? true;
    this.checkAll(props);
    this.config = props.destination.bind(this, props.configurationSet);
    this.refuseCountingTwice(props.configurationSet);
    enterDestination(props.configurationSet, this.createResource(props.configurationSet));
  }

  /**
   * A counter of a CloudWatch destination. Metrics of several dimensions need a value for each: CloudWatch does not add them up.
   *
   * @param event an event that the destination publishes
   * @param values the value of each dimension, by its name
   * @param options period, label and the like
   */
  public metric(event: ses.EmailSendingEvent, values: Record<string, string>, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    const names = this.dimensionNames();
    const given = Object.keys(values);
    if (names.length !== given.length || names.some(name => !given.includes(name))) {
      fail('EventDestination.dimensionValues', `the counters of this destination have the dimensions ${names.join(', ') || '(none: it is no CloudWatch destination)'}, ` +
        `and values are given for ${given.join(', ') || 'none'}; a counter is found only by all of its dimensions`, this);
    }
    if (!this.events.includes(event)) {
      fail('EventDestination.notCounted', `the destination does not publish ${event}; it publishes ${this.events.join(', ')}`, this);
    }
    return eventCounter(event, { ...options, dimensionsMap: values });
  }

  private dimensionNames(): string[] {
    const dimensions = this.config.cloudWatchDestination?.dimensionConfigurations as { dimensionName: string }[] | undefined;
    return dimensions?.map(({ dimensionName }) => dimensionName) ?? [];
  }

  private checkAll({ configurationSet, configurationSetEventDestinationName: name }: ConfigurationSetEventDestinationProps): void {
    if (this.events.length === 0) {
      fail('EventDestination.noEvents', 'events is an empty list, and SES takes no destination without events; leave it out for EventTypes.DELIVERABILITY, or set ' +
        'enabled to false to switch the destination off', this);
    }
    if (name !== undefined) located(this, () => checkName(SES_NAMES.eventDestination, name));
    const others = destinationsOf(configurationSet);
    const max = SES_LIMITS.eventDestinationsPerConfigurationSet;
    if (others.length >= max) {
      fail('EventDestination.tooMany', `the configuration set ${configurationSet.node.path} has ${max} event destinations already, and SES takes no more; ` +
        'let a topic or the event bus serve several consumers', this);
    }
    if (name !== undefined && others.some(other => other.name === name)) {
      fail('EventDestination.sameName', `the configuration set ${configurationSet.node.path} has an event destination "${name}" already; names are unique in a set`, this);
    }
  }

  /** Two destinations with the same dimensions add to the same metrics. */
  private refuseCountingTwice(set: ses.IConfigurationSet): void {
    const names = this.dimensionNames().sort().join(', ');
    if (!this.enabled || names === '') return;
    const twice = destinationsOf(set).filter(({ enabled, dimensions }) => enabled && [...dimensions].sort().join(', ') === names)
      .flatMap(({ events }) => this.events.filter(event => events.includes(event)));
    if (twice.length === 0) return;
    fail('EventDestination.countedTwice', `${twice.join(', ')} would be counted twice by ${names}: the configuration set ${set.node.path} has a CloudWatch ` +
      'destination with these dimensions for them already; leave the events out here, or there', this);
  }

  private createResource(set: ses.IConfigurationSet): ses.CfnConfigurationSetEventDestination {
    const { permissions, cloudWatchDestination, ...target } = this.config;
    this.reportLinkTags();
    const resource = new ses.CfnConfigurationSetEventDestination(this, 'Resource', {
      configurationSetName: set.configurationSetName,
      eventDestination: { name: this.physicalName, enabled: this.enabled, matchingEventTypes: this.events, cloudWatchDestination, ...target },
    });
    if (permissions.length > 0) resource.node.addDependency(...permissions);
    return resource;
  }

  private reportLinkTags(): void {
    const dimensions = this.config.cloudWatchDestination?.dimensionConfigurations as { dimensionValueSource: string }[] | undefined;
    const byLink = dimensions?.some(({ dimensionValueSource }) => dimensionValueSource === ses.CloudWatchDimensionSource.LINK_TAG);
    if (!byLink || this.events.includes(ses.EmailSendingEvent.CLICK)) return;
    finding(this, 'EventDestination.linkTagWithoutClick', 'a dimension is read from link tags, which only click events have, and CLICK is not among the events; ' +
      'add it, or take a message tag');
  }
}
