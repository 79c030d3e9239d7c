import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { EmailSendingEvent, IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type { aws_ses as sesReferences } from 'aws-cdk-lib/interfaces';
import { streamVariables } from './stream-environment';
import { StreamMetrics } from './stream-metrics';
import { ConfigurationSetEventDestination, type ConfigurationSetEventDestinationOptions, EventTypes } from '../events';
import type { IMailIdentity, SendPermission } from '../identity';
import { located } from '../private/errors';
import { checkSender, normalizeAddress } from '../records/mail-address';
import { EVENT_TYPES } from '../ses/event-type';
import { AutoTag } from '../ses/message-tags';

/**
 * What a program is told about the stream that it sends through.
 */
export interface StreamEnvironmentOptions {
  /**
   * The From address, e.g. `orders@example.com` or `Shop <orders@example.com>`.
   *
   * @default - the program knows it
   */
  readonly sender?: string;

  /**
   * The address to which SES forwards bounces and complaints by mail, when it does so: an address of a verified identity.
   *
   * @default - the program knows it; else SES takes the sender
   */
  readonly feedbackAddress?: string;

  /**
   * What the names of the variables begin with, for a program that sends through several streams.
   *
   * @default SES
   */
  readonly prefix?: string;
}

/**
 * Which events a rule matches, and what it does.
 */
export interface OnMailEventsOptions extends events.OnEventOptions {
  /**
   * The events. An enabled `EventDestination.eventBus()` of the stream has to publish them.
   *
   * @default EventTypes.FEEDBACK
   */
  readonly events?: EmailSendingEvent[];
}

/**
 * One kind of mail: a configuration set. It can be given wherever aws-cdk-lib takes a configuration set.
 */
export interface IMailStream extends IConfigurationSet {
  /**
   * The ARN of the configuration set.
   */
  readonly configurationSetArn: string;

  /**
   * Publishes events.
   *
   * @param id a name, unique in the stream
   * @param options what is published where
   */
  addEventDestination(id: string, options: ConfigurationSetEventDestinationOptions): ConfigurationSetEventDestination;

  /**
   * An EventBridge rule for events of this stream, and of no other.
   *
   * @param id a name, unique in the stream
   * @param options events and target
   */
  onEvents(id: string, options?: OnMailEventsOptions): events.Rule;

  /**
   * Allows to send mail through this stream from an identity, and through no other set.
   *
   * @param grantee who may send
   * @param identity the domain or address that mail is sent from
   * @param permission actions and limits
   */
  grantSend(grantee: iam.IGrantable, identity: IMailIdentity, permission?: SendPermission): iam.Grant;

  /**
   * Allows to pause the stream and to resume it.
   *
   * @param grantee who may
   */
  grantPause(grantee: iam.IGrantable): iam.Grant;

  /**
   * The variables that tell a program of the stream: `SES_CONFIGURATION_SET`, `SES_REGION` and, when given, `SES_FROM_ADDRESS` and
   * `SES_FEEDBACK_ADDRESS`.
   * `streamFromEnvironment` of `cdk-postmaster/runtime` reads them.
   *
   * @param options addresses and prefix
   */
  environment(options?: StreamEnvironmentOptions): Record<string, string>;

  /**
   * Gives a Lambda function the variables of `environment`.
   *
   * @param target the function
   * @param options addresses and prefix
   */
  addToFunction(target: lambda.Function, options?: StreamEnvironmentOptions): void;

  /**
   * Gives an ECS container the variables of `environment`.
   *
   * @param target the container
   * @param options addresses and prefix
   */
  addToContainer(target: ecs.ContainerDefinition, options?: StreamEnvironmentOptions): void;
}

/**
 * What own and imported streams share.
 */
export abstract class MailStreamBase extends StreamMetrics implements IMailStream {
  /** Refuse events that the stream does not publish to the event bus. */
  protected abstract checkOnEventBus(events: EmailSendingEvent[]): void;

  /**
   * The configuration set as other constructs of aws-cdk-lib refer to it.
   */
  public get configurationSetRef(): sesReferences.ConfigurationSetReference {
    return { configurationSetName: this.configurationSetName };
  }

  /**
   * The ARN of the configuration set.
   */
  public get configurationSetArn(): string {
    return Stack.of(this).formatArn({
      service: 'ses', resource: 'configuration-set', resourceName: this.configurationSetName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  /**
   * Publishes events.
   *
   * @param id a name, unique in the stream
   * @param options what is published where
   */
  public addEventDestination(id: string, options: ConfigurationSetEventDestinationOptions): ConfigurationSetEventDestination {
    return new ConfigurationSetEventDestination(this, id, { ...options, configurationSet: this });
  }

  /**
   * An EventBridge rule for events of this stream, and of no other.
   *
   * @param id a name, unique in the stream
   * @param options events and target
   */
  public onEvents(id: string, options: OnMailEventsOptions = {}): events.Rule {
    const { events: wanted = EventTypes.FEEDBACK, crossStackScope, target, eventPattern, ...ruleProps } = options;
    this.checkOnEventBus(wanted);
    const rule = new events.Rule(crossStackScope ?? this, id, ruleProps);
    rule.addEventPattern(eventPattern);
    rule.addEventPattern({
      source: ['aws.ses'],
      detailType: wanted.map(event => EVENT_TYPES[event].detailType),
      detail: { mail: { tags: { [AutoTag.CONFIGURATION_SET]: [this.configurationSetName] } } },
    });
    rule.addTarget(target);
    return rule;
  }

  /**
   * Allows to send mail through this stream from an identity, and through no other set.
   *
   * @param grantee who may send
   * @param identity the domain or address that mail is sent from
   * @param permission actions and limits
   */
  public grantSend(grantee: iam.IGrantable, identity: IMailIdentity, permission: SendPermission = {}): iam.Grant {
    return identity.grantSend(grantee, { ...permission, configurationSets: [this], defaultConfigurationSet: false });
  }

  /**
   * Allows to pause the stream and to resume it. SES has one action for both.
   *
   * @param grantee who may
   */
  public grantPause(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['ses:PutConfigurationSetSendingOptions'], resourceArns: [this.configurationSetArn] });
  }

  /**
   * The variables that tell a program of the stream: `SES_CONFIGURATION_SET`, `SES_REGION` and, when given, `SES_FROM_ADDRESS` and
   * `SES_FEEDBACK_ADDRESS`.
   * `streamFromEnvironment` of `cdk-postmaster/runtime` reads them.
   *
   * @param options addresses and prefix
   */
  public environment(options: StreamEnvironmentOptions = {}): Record<string, string> {
    const names = located(this, () => streamVariables(options.prefix));
    const { sender, feedbackAddress } = options;
    return {
      [names.configurationSet]: this.configurationSetName,
      [names.region]: Stack.of(this).region,
      ...sender === undefined ? {} : { [names.fromAddress]: located(this, () => checkSender(sender)) },
      ...feedbackAddress === undefined ? {} : { [names.feedbackAddress]: located(this, () => normalizeAddress(feedbackAddress)) },
    };
  }

  /**
   * Gives a Lambda function the variables of `environment`.
   *
   * @param target the function
   * @param options addresses and prefix
   */
  public addToFunction(target: lambda.Function, options?: StreamEnvironmentOptions): void {
    Object.entries(this.environment(options)).forEach(([name, value]) => target.addEnvironment(name, value));
  }

  /**
   * Gives an ECS container the variables of `environment`.
   *
   * @param target the container
   * @param options addresses and prefix
   */
  public addToContainer(target: ecs.ContainerDefinition, options?: StreamEnvironmentOptions): void {
    Object.entries(this.environment(options)).forEach(([name, value]) => target.addEnvironment(name, value));
  }
}
