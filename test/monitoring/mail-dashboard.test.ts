import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, type CfnDashboard, type Dashboard, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ScalingMode } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import fc from 'fast-check';
import { DedicatedIpPool, FeedbackPipeline, MailStream } from '../../src';
import { AccountMonitor } from '../../src/monitoring/account-monitor';
import { MailDashboard, type MailDashboardProps } from '../../src/monitoring/mail-dashboard';
import { findingIdsOf, stackIn } from '../support/stacks';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly metrics?: unknown[][];
    readonly alarms?: string[];
    readonly annotations?: { readonly horizontal: { readonly value: number; readonly label: string }[] };
  };
}

/** How much there is to show. */
interface Amount {
  readonly streams: number;
  readonly pools: number;
  readonly alarms: number;
  readonly account: boolean;
  readonly feedback: boolean;
  readonly snds: boolean;
}

const GRID_WIDTH = 24;
const NOTHING: Amount = { streams: 0, pools: 0, alarms: 0, account: false, feedback: false, snds: false };

const repeat = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));

const streams = (stack: Stack, count: number) => repeat(count, index => new MailStream(stack, `Stream${index}`, { configurationSetName: `stream-${index}` }));
const importedStreams = (stack: Stack, count: number) => repeat(count, index => MailStream.fromConfigurationSetAttributes(
  stack, `Imported${index}`, { configurationSetName: `imported-${index}`, publishesCounters: true, reputationMetrics: true }));
const pools = (stack: Stack, count: number) => repeat(count, index =>
  new DedicatedIpPool(stack, `Pool${index}`, { dedicatedIpPoolName: `pool-${index}`, scalingMode: ScalingMode.MANAGED }));
const alarms = (stack: Stack, count: number): IAlarm[] => repeat(count, index =>
  Alarm.fromAlarmArn(stack, `Alarm${index}`, `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${index}`));
const pipeline = (stack: Stack) => new FeedbackPipeline(stack, 'Feedback');
const monitor = (stack: Stack) => new AccountMonitor(stack, 'Account', { topic: new Topic(stack, 'Topic') });

function dashboard(amount: Partial<Amount>, stack = stackIn('eu-west-1')): Stack {
  const { streams: streamCount, pools: poolCount, alarms: alarmCount, account, feedback, snds } = { ...NOTHING, ...amount };
  new MailDashboard(stack, 'Dashboard', {
    streams: streams(stack, streamCount),
    pools: pools(stack, poolCount),
    alarms: alarms(stack, alarmCount),
    account: account ? monitor(stack) : undefined,
    feedback: feedback ? pipeline(stack) : undefined,
    snds,
  });
  return stack;
}

/** The body as CloudWatch gets it; references stand for the names that resources were given. */
function bodyOf(stack: Stack): { start: string; periodOverride: string; widgets: Widget[] } {
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
  const { DashboardBody: body } = Object.values(Resources).find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')!.Properties;
  const nameOf = (id: string) => String(Resources[id]?.Properties.Name ?? Resources[id]?.Properties.PoolName ?? id);
  return JSON.parse(joined(body, nameOf));
}

function joined(body: unknown, nameOf: (id: string) => string): string {
  const parts = typeof body === 'string' ? [body] : (body as { 'Fn::Join': [string, (string | { Ref: string })[]] })['Fn::Join'][1];
  return parts.map(part => typeof part === 'string' ? part : nameOf(part.Ref)).join('');
}

/** The same without a template, which takes long. */
function widgetsOf(made: Dashboard): Widget[] {
  const { dashboardBody } = made.node.defaultChild as CfnDashboard;
  return JSON.parse(joined(made.stack.resolve(dashboardBody), id => id)).widgets;
}

const widget = (stack: Stack, title: string) => bodyOf(stack).widgets.find(({ properties }) => properties.title === title)!;

/** The metrics of a graph, as `name statistic period`; expressions as they are. */
function metrics({ properties }: Widget): string[] {
  return (properties.metrics ?? []).map(entry => {
    const details = entry.at(-1) as { expression?: string; stat?: string; period?: number };
    return details.expression ?? `${entry.slice(0, -1).join(' ')} ${details.stat ?? 'Average'} ${details.period ?? 300}`;
  });
}

test('it begins with the last two weeks and keeps the periods of its metrics', () => {
  expect(bodyOf(dashboard({}))).toMatchObject({ start: '-P14D', periodOverride: 'inherit' });
});

test('it can have a name', () => {
  const stack = stackIn('eu-west-1');
  const { dashboard: made } = new MailDashboard(stack, 'Dashboard', { dashboardName: 'mail' });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'mail' });
  expect(made.node.path).toBe('Stack/Dashboard/Resource');
});

describe('all mail of the account is shown', () => {
  test('by the hour', () => {
    const shown = ['mail', 'trouble', 'readers'].flatMap(what => metrics(widget(dashboard({}), `Account: ${what} an hour`)));
    expect(shown).toEqual([
      'Send', 'Delivery', 'Bounce', 'Complaint', 'Reject', 'RenderingFailure', 'DeliveryDelay', 'Open', 'Click', 'Subscription',
    ].map(name => `AWS/SES ${name} Sum 3600`));
  });

  test('by the rates by which AWS judges, with the lines at which it acts', () => {
    const lines = (title: string) => widget(dashboard({}), title).properties.annotations!.horizontal.map(({ value, label }) => ({ value, label }));
    expect(metrics(widget(dashboard({}), 'Account: bounce rate'))).toEqual(['AWS/SES Reputation.BounceRate Average 3600']);
    expect(lines('Account: bounce rate')).toEqual([
      { value: 0.02, label: 'Stay below: 2 %' }, { value: 0.05, label: 'AWS reviews: 5 %' }, { value: 0.1, label: 'AWS may pause: 10 %' },
    ]);
    expect(metrics(widget(dashboard({}), 'Account: complaint rate'))).toEqual(['AWS/SES Reputation.ComplaintRate Average 3600']);
    expect(lines('Account: complaint rate')).toEqual([{ value: 0.001, label: 'AWS reviews: 0.1 %' }, { value: 0.005, label: 'AWS may pause: 0.5 %' }]);
  });

  test('by the share of rejects, of which there is none without sends', () => {
    expect(metrics(widget(dashboard({}), 'Account: reject rate'))[0]).toBe('IF(FILL(whole, 0) >= 1, FILL(part, 0) / whole, 0)');
  });
});

test('what guards have paused is shown, whatever their names', () => {
  expect(metrics(widget(dashboard({}), 'Paused by a guard'))).toEqual(['SEARCH(\'{CdkPostmaster,Guard} MetricName="PausedTargets"\', \'Maximum\', 3600)']);
});

test('the quota, and how AWS treats the account, are shown when they are watched', () => {
  const stack = dashboard({ account: true });
  expect(metrics(widget(stack, '24-hour quota, % used now'))).toEqual(['CdkPostmaster QuotaUsed Maximum 300']);
  expect(metrics(widget(stack, '24-hour quota, % used'))).toEqual(['CdkPostmaster QuotaUsed Maximum 3600']);
  const [state] = bodyOf(stack).widgets.filter(({ properties }) => properties.title?.startsWith('The account'));
  expect(metrics(state)).toEqual(['SendingEnabled Minimum', 'EnforcementStatus Maximum', 'ProductionAccess Minimum'].map(text => `CdkPostmaster ${text} 300`));
  expect(bodyOf(dashboard({})).widgets.map(({ properties }) => properties.title).join()).not.toContain('quota');
});

describe('a stream has a row', () => {
  test('with its counters and its rates', () => {
    const stack = dashboard({ streams: 1 });
    const dimension = 'ses:configuration-set stream-0';
    expect(metrics(widget(stack, 'stream-0: mail an hour'))).toEqual(
      ['Send', 'Delivery', 'Bounce', 'Complaint', 'Reject', 'RenderingFailure'].map(name => `AWS/SES ${name} ${dimension} Sum 3600`));
    expect(metrics(widget(stack, 'stream-0: bounce rate'))).toEqual([`AWS/SES Reputation.BounceRate ${dimension} Average 3600`]);
    expect(widget(stack, 'stream-0: complaint rate').properties.annotations!.horizontal.map(({ value }) => value)).toEqual([0.001, 0.005]);
  });

  test('for which it publishes counters, without rewriting mail', () => {
    const template = Template.fromStack(dashboard({ streams: 1 }));
    template.hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', { EventDestination: { CloudWatchDestination: Match.objectLike({}) } });
    expect(JSON.stringify(template.toJSON())).not.toContain('"open"');
  });

  test('unless SES publishes no rates of it', () => {
    const stack = stackIn('eu-west-1');
    const stream = new MailStream(stack, 'Stream', { reputationMetrics: false });
    expect(() => new MailDashboard(stack, 'Dashboard', { streams: [stream] })).toThrow('[MailStream.noReputationMetrics]');
  });
});

test('a pool has a row, found by its name', () => {
  const stack = dashboard({ pools: 1 });
  expect(metrics(widget(stack, 'Pool pool-0: % from dedicated addresses'))).toEqual([
    'SEARCH(\'Namespace="AWS/SES" MetricName="ApproximateDedicatedSendingPercentage" "pool-0"\', \'Maximum\', 3600)',
  ]);
  expect(metrics(widget(stack, 'Pool pool-0: sent and possible in 24 hours, by provider'))).toEqual(['SentLast24Hours', 'Available24HourSend'].map(name =>
    `SEARCH('Namespace="AWS/SES" MetricName="${name}" "pool-0"', 'Maximum', 3600)`));
});

test('a pipeline has a row, with what it was told, what it did, and what waits', () => {
  const anonymous = (metric: string) => metric.replace(/(FeedbackPipeline|QueueName) \S+/, '$1 X');
  const shown = bodyOf(dashboard({ feedback: true })).widgets.slice(-3).map(each => metrics(each).map(anonymous));
  expect(shown).toEqual([
    ['Bounces FeedbackPipeline X Type Permanent', 'Bounces FeedbackPipeline X Type Transient', 'Complaints FeedbackPipeline X', 'BlocklistRefusals FeedbackPipeline X']
      .map(metric => `CdkPostmaster ${metric} Sum 3600`),
    ['Suppressed', 'ContentAlerts', 'OperatorAlerts'].map(name => `CdkPostmaster ${name} FeedbackPipeline X Sum 3600`),
    Array(2).fill('AWS/SQS ApproximateNumberOfMessagesVisible QueueName X Maximum 3600'),
  ]);
});

test('Outlook is asked about all addresses, when wanted', () => {
  const shown = bodyOf(dashboard({ snds: true })).widgets.slice(-3).flatMap(metrics);
  expect(shown).toEqual(['SpamRate', 'ComplaintRate', 'TrapHits'].map(name => `SEARCH('Namespace="AWS/SES" MetricName="SNDS.${name}"', 'Maximum', 86400)`));
});

test('alarms of any maker are shown, a hundred in a widget', () => {
  const shown = bodyOf(dashboard({ alarms: 201 })).widgets.filter(({ type }) => type === 'alarm');
  expect(shown.map(({ properties }) => properties.alarms!.length)).toEqual([100, 100, 1]);
  expect(shown[2].properties.alarms).toEqual(['arn:aws:cloudwatch:eu-west-1:111122223333:alarm:200']);
});

test('it works in an environment-agnostic stack, and finds nothing to say', () => {
  const stack = dashboard({ streams: 1, account: true, snds: true }, stackIn());
  expect(bodyOf(stack).widgets.length).toBeGreaterThan(10);
  expect(findingIdsOf(stack).filter(id => id.includes('Dashboard'))).toEqual([]);
});

test('whatever there is to show, no widget leaves the grid or overlaps another', () => {
  const stack = stackIn('eu-west-1');
  const all = {
    streams: importedStreams(stack, 12), pools: pools(stack, 5), alarms: alarms(stack, 350), account: monitor(stack), feedback: pipeline(stack),
  };
  let count = 0;
  const yes = fc.boolean();
  const amount = fc.record({ streams: fc.nat(12), pools: fc.nat(5), alarms: fc.nat(350), account: yes, feedback: yes, snds: yes });
  fc.assert(fc.property(amount, ({ streams: streamCount, pools: poolCount, alarms: alarmCount, account, feedback, snds }) => {
    const { dashboard: made } = new MailDashboard(stack, `Dashboard${count++}`, {
      streams: all.streams.slice(0, streamCount),
      pools: all.pools.slice(0, poolCount),
      alarms: all.alarms.slice(0, alarmCount),
      account: account ? all.account : undefined,
      feedback: feedback ? all.feedback : undefined,
      snds,
    });
    const cells = new Set<string>();
    for (const { x, y, width, height } of widgetsOf(made)) {
      expect([x, y, width, height].every(Number.isInteger) && x >= 0 && y >= 0 && width > 0 && height > 0).toBe(true);
      expect(x + width).toBeLessThanOrEqual(GRID_WIDTH);
      const covered = repeat(width * height, cell => `${x + cell % width}/${y + Math.floor(cell / width)}`);
      expect(covered.filter(cell => cells.has(cell))).toEqual([]);
      covered.forEach(cell => cells.add(cell));
    }
    // nor is there a hole: each line of the grid is full
    expect(cells.size % GRID_WIDTH).toBe(0);
  }), { numRuns: 100 });
});

describe('a dashboard is refused', () => {
  const refused = (make: (stack: Stack) => MailDashboardProps) => () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
    new MailDashboard(stack, 'Dashboard', make(stack));
  };

  test('for a stream in another Region, where its metrics are', () => {
    expect(refused(stack => ({ streams: streams(new Stack(stack.node.root as App, 'Other', { env: { account: '111122223333', region: 'us-east-1' } }), 1) }))).toThrow(
      'the dashboard is in 111122223333/eu-west-1 and the stream Other/Stream0 in 111122223333/us-east-1; CloudWatch has the metrics of a stream where the stream is, ' +
      'so make a dashboard in a stack there (at Stack/Dashboard) [MailDashboard.elsewhere]');
  });

  test('for a standard pool, of which there are no metrics', () => {
    expect(refused(stack => ({ pools: [new DedicatedIpPool(stack, 'Pool')] }))).toThrow(
      'Stack/Pool is a standard pool, of which SES publishes no metrics; leave it out, and give the streams that use it and `snds: true` (at Stack/Dashboard) ' +
      '[MailDashboard.standardPool]');
  });

  test('for more than CloudWatch takes', () => {
    expect(refused(stack => ({ streams: importedStreams(stack, 165) }))).toThrow(
      'the dashboard would have 502 widgets, and CloudWatch takes 500, which is about 160 streams; share them among several dashboards (at Stack/Dashboard) ' +
      '[MailDashboard.tooMany]');
  });
});

test('the page about it describes each widget as it is', () => {
  const rows = readFileSync('docs/monitoring.md', 'utf8').split('\n').map(line => /^\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| ([^|]+) \|/.exec(line)).filter(row => row !== null);
  const described = rows.map(([, x, y, width, height, title]) => `${title} at ${x}/${y}, ${width} x ${height}`);
  const { widgets } = bodyOf(dashboard({ streams: 1, pools: 1, alarms: 8, account: true, feedback: true, snds: true }));
  const titleOf = (title = '') => title.replace('stream-0', 'STREAM').replace('pool-0', 'POOL');
  expect(described).toEqual(widgets.map(({ x, y, width, height, properties }) => `${titleOf(properties.title)} at ${x}/${y}, ${width} x ${height}`));
});
