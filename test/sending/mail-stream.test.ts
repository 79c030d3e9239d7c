import { Duration, RemovalPolicy, type Stack, Tags, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ses from 'aws-cdk-lib/aws-ses';
import {
  AutoValidation, ConfigurationSetEventDestination, DedicatedIpPool, Dns, EventDestination, EventTypes, MailStream, type MailStreamProps,
  SendingPool, StreamKind, Suppression, SuppressionReason, TrackingDomain, TrackingHttps, VdmSetting, VerifiedDomain,
} from '../../src';
import { findingIdsOf, stackIn } from '../support/stacks';

const SET = 'AWS::SES::ConfigurationSet';
const DESTINATION = 'AWS::SES::ConfigurationSetEventDestination';
const BUS = EventDestination.eventBus();

function make(props: MailStreamProps = {}, stack = stackIn('eu-west-1')) {
  return { stack, stream: new MailStream(stack, 'Stream', props) };
}

function links(stack: Stack): TrackingDomain {
  return new TrackingDomain(stack, 'Links', {
    dns: Dns.elsewhere('example.com'),
    domainName: 'click.example.com',
    https: TrackingHttps.distribution('d1.cloudfront.net'),
    identity: VerifiedDomain.fromDomainName(stack, 'Company', 'example.com'),
  });
}

function setOf(props: MailStreamProps): Record<string, unknown> {
  const [set] = Object.values(Template.fromStack(make(props).stack).findResources(SET));
  return set.Properties;
}

describe('a stream by default', () => {
  test('is transactional: encrypted on its way, watched, neither rewritten nor held back', () => {
    expect(setOf({})).toEqual({
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      ReputationOptions: { ReputationMetricsEnabled: true },
      VdmOptions: { DashboardOptions: { EngagementMetrics: 'DISABLED' }, GuardianOptions: { OptimizedSharedDelivery: 'DISABLED' } },
    });
  });

  test('stays when the stack goes, as the identities do whose default set it may be', () => {
    Template.fromStack(make().stack).hasResource(SET, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test('has no event destination', () => {
    Template.fromStack(make().stack).resourceCountIs(DESTINATION, 0);
  });
});

test('a marketing stream has engagement metrics and optimized delivery', () => {
  expect(setOf({ kind: StreamKind.MARKETING }).VdmOptions).toEqual({
    DashboardOptions: { EngagementMetrics: 'ENABLED' }, GuardianOptions: { OptimizedSharedDelivery: 'ENABLED' },
  });
});

test('a marketing stream in a dedicated pool has no optimized delivery, which is for shared addresses', () => {
  expect(setOf({ kind: StreamKind.MARKETING, sendingPool: SendingPool.defaultDedicated() })).toMatchObject({
    VdmOptions: { DashboardOptions: { EngagementMetrics: 'ENABLED' }, GuardianOptions: { OptimizedSharedDelivery: 'DISABLED' } },
    DeliveryOptions: { TlsPolicy: 'REQUIRE', SendingPoolName: 'ses-default-dedicated-pool' },
  });
});

test('whether sending is enabled is never said, whatever the settings: a deployment must not resume a stream that is paused', () => {
  expect(setOf({
    kind: StreamKind.MARKETING,
    configurationSetName: 'news',
    feedback: BUS,
    engagement: { destination: BUS },
    suppression: Suppression.none(),
    reputationMetrics: false,
    sendingPool: SendingPool.shared(),
    maxDeliveryDuration: Duration.hours(1),
    autoValidation: AutoValidation.disabled(),
    vdm: {},
    archiveArn: 'arn:aws:ses:eu-west-1:111122223333:mailmanager-archive/a-1',
    tlsPolicy: ses.ConfigurationSetTlsPolicy.OPTIONAL,
  })).not.toHaveProperty('SendingOptions');
});

describe('each setting of Virtual Deliverability Manager', () => {
  test('can be left to the account, whatever the kind of the stream', () => {
    expect(setOf({ vdm: { engagementMetrics: VdmSetting.ACCOUNT } }).VdmOptions).toEqual({ GuardianOptions: { OptimizedSharedDelivery: 'DISABLED' } });
    expect(setOf({ kind: StreamKind.MARKETING, vdm: { optimizedSharedDelivery: VdmSetting.ACCOUNT } }).VdmOptions).toEqual({ DashboardOptions: { EngagementMetrics: 'ENABLED' } });
  });

  test('is absent when both are left to the account', () => {
    expect(setOf({ vdm: { engagementMetrics: VdmSetting.ACCOUNT, optimizedSharedDelivery: VdmSetting.ACCOUNT } })).not.toHaveProperty('VdmOptions');
  });
});

describe('engagement events and the deliverability manager', () => {
  test('are independent: events of opens leave its metrics off', () => {
    expect(setOf({ engagement: { destination: BUS } }).VdmOptions).toMatchObject({ DashboardOptions: { EngagementMetrics: 'DISABLED' } });
  });

  test('are independent: its metrics publish no events of opens', () => {
    const { stack } = make({ vdm: { engagementMetrics: VdmSetting.ENABLED } });
    Template.fromStack(stack).resourceCountIs(DESTINATION, 0);
  });
});

describe('suppression', () => {
  test.each([
    ['is left to the account by default', undefined, undefined],
    ['can be left to the account explicitly', Suppression.account(), undefined],
    ['can be switched off', Suppression.none(), { SuppressedReasons: [] }],
    ['can be for bounces', Suppression.reasons([SuppressionReason.BOUNCE]), { SuppressedReasons: ['BOUNCE'] }],
    ['can be for complaints', Suppression.reasons([SuppressionReason.COMPLAINT, SuppressionReason.COMPLAINT]), { SuppressedReasons: ['COMPLAINT'] }],
    ['can be for both', Suppression.reasons([SuppressionReason.COMPLAINT, SuppressionReason.BOUNCE]), { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] }],
  ])('%s', (_, suppression, options) => {
    expect(setOf({ suppression }).SuppressionOptions).toEqual(options);
  });

  test('for no reason is refused, since SES takes that as none at all', () => {
    expect(() => Suppression.reasons([])).toThrow(
      'the list of reasons is empty, which would switch suppression off; say Suppression.none() if that is meant, or Suppression.account() [Suppression.noReason]');
  });
});

describe('the sending pool', () => {
  test('can be the shared one', () => {
    expect(setOf({ sendingPool: SendingPool.shared() }).DeliveryOptions).toEqual({ TlsPolicy: 'REQUIRE', SendingPoolName: 'ses-shared-pool' });
  });

  test('can be one of the stack, which is made before the set', () => {
    const stack = stackIn('eu-west-1');
    make({ sendingPool: SendingPool.dedicated(new DedicatedIpPool(stack, 'Pool')) }, stack);
    Template.fromStack(stack).hasResourceProperties(SET, { DeliveryOptions: { TlsPolicy: 'REQUIRE', SendingPoolName: { Ref: Match.stringLikeRegexp('^Pool') } } });
  });
});

test('a message is retried as long as said, and archived', () => {
  const archiveArn = 'arn:aws:ses:eu-west-1:111122223333:mailmanager-archive/a-1234';
  expect(setOf({ maxDeliveryDuration: Duration.minutes(5), archiveArn })).toMatchObject({
    DeliveryOptions: { MaxDeliverySeconds: 300 }, ArchivingOptions: { ArchiveArn: archiveArn },
  });
});

test.each([
  ['is left to the account by default', undefined, undefined],
  ['can be left to the account', AutoValidation.account(), undefined],
  ['can be switched off', AutoValidation.disabled(), { ConditionThreshold: { ConditionThresholdEnabled: 'DISABLED' } }],
  ['can be switched on', AutoValidation.enabled(), { ConditionThreshold: { ConditionThresholdEnabled: 'ENABLED' } }],
  ['can have a threshold', AutoValidation.enabled(ses.AutoValidationThreshold.HIGH), {
    ConditionThreshold: { ConditionThresholdEnabled: 'ENABLED', OverallConfidenceThreshold: { ConfidenceVerdictThreshold: 'HIGH' } },
  }],
])('validation of addresses %s', (_, autoValidation, ValidationOptions) => {
  expect(setOf({ autoValidation }).SuppressionOptions).toEqual(ValidationOptions && { ValidationOptions });
});

test('a tracking domain stands in the set, which comes after its record', () => {
  const stack = stackIn('eu-west-1');
  make({ engagement: { trackingDomain: links(stack), destination: BUS } }, stack);
  Template.fromStack(stack).hasResourceProperties(SET, { TrackingOptions: { CustomRedirectDomain: 'click.example.com', HttpsPolicy: 'REQUIRE' } });
});

describe('refusals', () => {
  test.each<[string, MailStreamProps, string]>([
    ['a name that SES does not take', { configurationSetName: 'my set' },
      'configuration set name "my set" is not accepted by SES; it takes 1 to 64 letters, digits, "-" and "_" (at Stack/Stream) [SesName.form]'],
    ['retries that are too short', { maxDeliveryDuration: Duration.seconds(299) },
      'maxDeliveryDuration is 4 minutes 59 seconds; SES takes 5 minutes to 14 hours (at Stack/Stream) [MailStream.maxDeliveryDuration]'],
    ['retries that are too long', { maxDeliveryDuration: Duration.seconds(50_401) },
      'maxDeliveryDuration is 14 hours 1 second; SES takes 5 minutes to 14 hours (at Stack/Stream) [MailStream.maxDeliveryDuration]'],
    ['an archive that is none', { archiveArn: 'arn:aws:s3:::bucket' },
      '"arn:aws:s3:::bucket" is not the ARN of a Mail Manager archive; the form is "arn:aws:ses:eu-west-1:111122223333:mailmanager-archive/a-1234" (at Stack/Stream) ' +
      '[MailStream.archiveArn]'],
  ])('%s', (_, props, message) => {
    expect(() => make(props)).toThrow(message);
  });

  test('more tags than SES takes', () => {
    const { stack, stream } = make();
    for (let index = 0; index < 51; index++) Tags.of(stream).add(`tag${index}`, 'x');
    expect(() => Template.fromStack(stack)).toThrow('the resource has 51 tags, those of its stack included; SES takes 50, so leave some out here (at Stack/Stream) [Tags.tooMany]');
  });

  test('opens and clicks of a transactional stream', () => {
    expect(() => make().stream.addEventDestination('All', { destination: BUS, events: EventTypes.ALL })).toThrow(
      'open and click makes SES rewrite mail, with a pixel and redirected links, and the stream is transactional; give it `engagement: {}` if that is meant, or send ' +
      'such mail through a stream of StreamKind.MARKETING (at Stack/Stream) [MailStream.notTracked]');
  });
});

test('tags reach the configuration set', () => {
  const { stack, stream } = make();
  Tags.of(stream).add('team', 'shop');
  Template.fromStack(stack).hasResourceProperties(SET, { Tags: [{ Key: 'team', Value: 'shop' }] });
});

test('feedback goes where the stream says', () => {
  const { stack } = make({ feedback: BUS });
  Template.fromStack(stack).hasResourceProperties(DESTINATION, {
    ConfigurationSetName: { Ref: Match.stringLikeRegexp('^Stream') },
    EventDestination: { MatchingEventTypes: ['bounce', 'complaint', 'reject', 'renderingFailure'], EventBridgeDestination: Match.anyValue() },
  });
});

test('engagement gets a destination of its own', () => {
  const { stack } = make({ engagement: { destination: BUS } });
  Template.fromStack(stack).hasResourceProperties(DESTINATION, { EventDestination: { MatchingEventTypes: ['open', 'click'] } });
});

test.each<[string, MailStreamProps]>([
  ['for marketing', { kind: StreamKind.MARKETING }], ['with engagement', { engagement: {} }],
])('a stream %s takes destinations for opens and clicks', (_, props) => {
  expect(() => make(props).stream.addEventDestination('All', { destination: BUS, events: EventTypes.ALL })).not.toThrow();
});

describe('as aws-cdk-lib sees it', () => {
  test('a stream is a configuration set, with its resource as default child', () => {
    const { stream } = make({ configurationSetName: 'receipts' });
    expect(stream.node.defaultChild).toBeInstanceOf(ses.CfnConfigurationSet);
    expect(stream.configurationSet).toBeInstanceOf(ses.ConfigurationSet);
    expect(stream.configurationSetRef).toEqual({ configurationSetName: stream.configurationSetName });
  });

  test('its ARN is of the stack\'s partition, account and Region', () => {
    const { stack, stream } = make();
    expect(stack.resolve(stream.configurationSetArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:configuration-set/', { Ref: expect.stringMatching(/^Stream/) }]],
    });
  });

  test('it is made before the identity whose default set it is, and may go after it', () => {
    const stack = stackIn('eu-west-1');
    const { stream } = make({ removalPolicy: RemovalPolicy.DESTROY }, stack);
    new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), defaultConfigurationSet: stream, removalPolicy: RemovalPolicy.DESTROY });
    Template.fromStack(stack).hasResourceProperties('AWS::SES::EmailIdentity', {
      ConfigurationSetAttributes: { ConfigurationSetName: { Ref: Match.stringLikeRegexp('^Stream') } },
    });
  });

  test('a default set that goes while the identity stays is reported', () => {
    const stack = stackIn('eu-west-1');
    const { stream } = make({ removalPolicy: RemovalPolicy.DESTROY, feedback: BUS }, stack);
    new VerifiedDomain(stack, 'Mail', { dns: Dns.elsewhere('example.com'), defaultConfigurationSet: stream });
    expect(findingIdsOf(stack)).toContain('cdk-postmaster:VerifiedDomain.defaultSetVanishes');
  });
});

describe('findings', () => {
  const WATCHED = { feedback: BUS };
  const cases: [string, string, MailStreamProps, (stream: MailStream) => void, ((stream: MailStream) => void)?][] = [
    ['a stream that nobody watches', 'unwatched', {}, () => {}, stream => stream.addEventDestination('Bus', { destination: BUS })],
    ['a stream whose only destination is switched off', 'unwatched', {},
      stream => stream.addEventDestination('Bus', { destination: BUS, enabled: false }), stream => stream.addEventDestination('Other', { destination: BUS })],
    ['suppression that is switched off', 'noSuppression', { ...WATCHED, suppression: Suppression.none() }, () => {}],
    ['optimized delivery with a dedicated pool', 'optimizedWithDedicatedPool',
      { ...WATCHED, sendingPool: SendingPool.defaultDedicated(), vdm: { optimizedSharedDelivery: VdmSetting.ENABLED } },
      stream => { new ses.VdmAttributes(stream, 'Vdm'); }],
    ['settings of a deliverability manager that nothing switches on', 'vdmUnknown', { ...WATCHED, vdm: { engagementMetrics: VdmSetting.ENABLED } },
      () => {}, stream => { new ses.VdmAttributes(stream, 'Vdm'); }],
    ['a tracking domain without events of opens and clicks', 'trackingWithoutEvents', WATCHED, () => {},
      stream => stream.addEventDestination('Clicks', { destination: BUS, events: [ses.EmailSendingEvent.CLICK] })],
    ['templates whose failures nobody sees', 'renderingFailuresUnwatched', {},
      stream => {
        stream.addEventDestination('Bus', { destination: BUS, events: [ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT] });
        new ses.CfnTemplate(stream, 'Template');
      }, stream => stream.addEventDestination('Failures', { destination: BUS, events: [ses.EmailSendingEvent.RENDERING_FAILURE] })],
  ];

  /** A tracking domain belongs to a stack, so it is made with the stream. */
  function arranged(id: string, props: MailStreamProps) {
    const stack = stackIn('eu-west-1');
    return make(id === 'trackingWithoutEvents' ? { ...props, engagement: { trackingDomain: links(stack) } } : props, stack);
  }

  test.each(cases)('%s is reported', (_, id, props, arrange) => {
    const { stack, stream } = arranged(id, props);
    arrange(stream);
    expect(findingIdsOf(stack)).toEqual([`cdk-postmaster:MailStream.${id}`]);
  });

  test.each(cases)('%s can be acknowledged', (_, id, props, arrange) => {
    const { stack, stream } = arranged(id, props);
    arrange(stream);
    Validations.of(stream).acknowledge({ id: `cdk-postmaster:MailStream.${id}`, reason: 'test' });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test.each(cases.filter(([,,,, cure]) => cure))('%s can be cured', (_, id, props, arrange, cure) => {
    const { stack, stream } = arranged(id, props);
    arrange(stream);
    cure!(stream);
    expect(findingIdsOf(stack)).not.toContain(`cdk-postmaster:MailStream.${id}`);
  });

  test('a stream which is watched from elsewhere is not reported', () => {
    const { stack, stream } = make();
    new ConfigurationSetEventDestination(stack, 'Bus', { configurationSet: stream, destination: BUS });
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('the kind of a stream alone raises no finding about the deliverability manager', () => {
    expect(findingIdsOf(make({ ...WATCHED, kind: StreamKind.MARKETING }).stack)).toEqual([]);
  });
});

describe('an imported stream', () => {
  test('is known by its name, and takes event destinations', () => {
    const stack = stackIn('eu-west-1');
    const stream = MailStream.fromConfigurationSetName(stack, 'Stream', 'news');
    stream.addEventDestination('Bus', { destination: BUS });
    Template.fromStack(stack).hasResourceProperties(DESTINATION, { ConfigurationSetName: 'news' });
    Template.fromStack(stack).resourceCountIs(SET, 0);
    expect(stack.resolve(stream.configurationSetArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:eu-west-1:111122223333:configuration-set/news']],
    });
  });

  test('is refused by a name that SES does not take', () => {
    expect(() => MailStream.fromConfigurationSetName(stackIn(), 'Stream', 'my set')).toThrow('[SesName.form]');
  });
});
