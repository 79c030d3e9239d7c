import { App, Aws, RemovalPolicy, Stack, Tags, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as fc from 'fast-check';
import { DedicatedIpPool, type DedicatedIpPoolProps } from '../../src/sending/dedicated-ip-pool';
import { SendingPool } from '../../src/sending/sending-pool';
import { findingIdsOf, stackIn } from '../support/stacks';

const POOL = 'AWS::SES::DedicatedIpPool';
const UNUSED = 'cdk-postmaster:DedicatedIpPool.unused';
const { MANAGED, STANDARD } = ses.ScalingMode;

function poolWith(props: DedicatedIpPoolProps = {}, stack = stackIn('eu-west-1')) {
  const pool = new DedicatedIpPool(stack, 'Pool', props);
  return { stack, pool };
}

function resourceOf(props: DedicatedIpPoolProps) {
  const { stack } = poolWith(props);
  const [[logicalId, resource]] = Object.entries(Template.fromStack(stack).findResources(POOL));
  return { logicalId, ...resource as { Properties: Record<string, unknown>; DeletionPolicy: string } };
}

/** A configuration set that sends through a pool. */
function setWith(stack: Stack, dedicatedIpPool: ses.IDedicatedIpPool, id = 'Set') {
  return new ses.ConfigurationSet(stack, id, { dedicatedIpPool });
}

describe('the resource', () => {
  test('a pool is standard, with a name that CloudFormation makes up, and goes with the stack', () => {
    expect(resourceOf({})).toMatchObject({ Properties: { ScalingMode: 'STANDARD' }, DeletionPolicy: 'Delete' });
    expect(resourceOf({}).Properties).not.toHaveProperty('PoolName');
  });

  test('a managed pool is kept, since its addresses would be given up with it', () => {
    expect(resourceOf({ scalingMode: MANAGED, dedicatedIpPoolName: 'marketing' })).toMatchObject({
      Properties: { PoolName: 'marketing', ScalingMode: 'MANAGED' }, DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain',
    });
  });

  test.each([STANDARD, MANAGED])('what becomes of a %s pool can be said', scalingMode => {
    expect(resourceOf({ scalingMode, removalPolicy: RemovalPolicy.RETAIN }).DeletionPolicy).toBe('Retain');
    expect(resourceOf({ scalingMode, removalPolicy: RemovalPolicy.DESTROY }).DeletionPolicy).toBe('Delete');
  });

  test('the removal policy can also be applied afterwards', () => {
    const { stack, pool } = poolWith();
    pool.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Template.fromStack(stack).hasResource(POOL, { DeletionPolicy: 'Retain' });
  });

  test('the kinds are different resources, so that a switch between them converts nothing by accident', () => {
    expect(resourceOf({ scalingMode: MANAGED }).logicalId).not.toBe(resourceOf({ scalingMode: STANDARD }).logicalId);
  });

  test('a conversion keeps the resource of the standard pool', () => {
    expect(resourceOf({ scalingMode: MANAGED, convertFromStandard: true })).toMatchObject({
      logicalId: resourceOf({}).logicalId, Properties: { ScalingMode: 'MANAGED' }, DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  test('it carries the tags of its scopes', () => {
    const { stack, pool } = poolWith();
    Tags.of(pool).add('stream', 'marketing');
    Template.fromStack(stack).hasResourceProperties(POOL, { Tags: [{ Key: 'stream', Value: 'marketing' }] });
  });

  test('aws-cdk-lib\'s configuration set takes it, and two streams can have a pool each', () => {
    const stack = stackIn();
    setWith(stack, new DedicatedIpPool(stack, 'Marketing', { scalingMode: MANAGED }), 'News');
    setWith(stack, new DedicatedIpPool(stack, 'Transactional'), 'Receipts');
    const pools = Object.values(Template.fromStack(stack).findResources('AWS::SES::ConfigurationSet')).map(set => set.Properties.DeliveryOptions.SendingPoolName.Ref);
    expect(pools).toEqual([expect.stringMatching(/^Marketing/), expect.stringMatching(/^Transactional/)]);
  });

  test('an imported pool is a name', () => {
    const stack = stackIn();
    setWith(stack, DedicatedIpPool.fromDedicatedIpPoolName(stack, 'Import', 'marketing'));
    Template.fromStack(stack).hasResourceProperties('AWS::SES::ConfigurationSet', { DeliveryOptions: { SendingPoolName: 'marketing' } });
  });
});

describe('names', () => {
  test('lower-case letters, digits, "-" and "_" are accepted, up to 64, and nothing else', () => {
    const characters = fc.constantFrom(...'abcxyz019-_');
    fc.assert(fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 64 }), name => {
      expect(() => poolWith({ dedicatedIpPoolName: name })).not.toThrow();
    }), { numRuns: 25 });
    fc.assert(fc.property(fc.string({ unit: characters }), fc.constantFrom('A', '.', ' ', 'é', '/'), fc.string({ unit: characters }), (before, wrong, after) => {
      expect(() => poolWith({ dedicatedIpPoolName: `${before}${wrong}${after}` })).toThrow('[SesName.form]');
    }), { numRuns: 25 });
  });

  test.each(['', 'Marketing', 'x'.repeat(65)])('"%s" is refused, with the rule', name => {
    expect(() => poolWith({ dedicatedIpPoolName: name })).toThrow(`dedicated IP pool name "${name}" is not accepted by SES; it takes 1 to 64 lower-case letters, ` +
      'digits, "-" and "_" (at Stack/Pool) [SesName.form]');
    expect(() => DedicatedIpPool.fromDedicatedIpPoolName(stackIn(), 'Import', name)).toThrow('[SesName.form]');
  });

  test.each([['ses-shared-pool', 'shared'], ['ses-default-dedicated-pool', 'defaultDedicated']])('%s is refused, and offered as a choice', (name, choice) => {
    const message = (place: string) => `"${name}" is a pool that SES has already and keeps to itself; to send through it, use SendingPool.${choice}() ` +
      `(at ${place}) [DedicatedIpPool.reserved]`;
    expect(() => poolWith({ dedicatedIpPoolName: name })).toThrow(message('Stack/Pool'));
    expect(() => DedicatedIpPool.fromDedicatedIpPoolName(stackIn(), 'Import', name)).toThrow(message('Stack'));
  });

  test('a name that only the deployment knows passes', () => {
    expect(resourceOf({ dedicatedIpPoolName: Aws.STACK_NAME }).Properties.PoolName).toEqual({ Ref: 'AWS::StackName' });
  });

  test('two pools of one name are refused, also of different kinds and in different stacks', () => {
    const app = new App();
    const env = { account: '111122223333', region: 'eu-west-1' };
    new DedicatedIpPool(new Stack(app, 'First', { env }), 'Pool', { dedicatedIpPoolName: 'marketing' });
    expect(() => new DedicatedIpPool(new Stack(app, 'Second', { env }), 'Pool', { dedicatedIpPoolName: 'marketing', scalingMode: MANAGED })).toThrow(
      'the pool First/Pool is called "marketing" too; a name is given once in an account and Region, to a standard or a managed pool ' +
      '(at Second/Pool) [DedicatedIpPool.sameName]');
  });

  test('another Region may have a pool of the same name, and pools without one are no twins', () => {
    const app = new App();
    for (const region of ['eu-west-1', 'us-east-1']) {
      const stack = new Stack(app, region, { env: { account: '111122223333', region } });
      new DedicatedIpPool(stack, 'Pool', { dedicatedIpPoolName: 'marketing' });
      new DedicatedIpPool(stack, 'Other');
      new DedicatedIpPool(stack, 'Another');
    }
    expect(() => app.synth()).not.toThrow();
  });
});

describe('limits', () => {
  test('the 51st pool of an account and Region is refused', () => {
    const stack = stackIn('eu-west-1');
    for (let number = 1; number <= 50; number++) new DedicatedIpPool(stack, `Pool${number}`);
    expect(() => new DedicatedIpPool(stack, 'Pool51', { scalingMode: MANAGED })).toThrow(
      'this is pool 51 of the app in one account and Region; SES allows 50 there, standard and managed together, and does not raise that ' +
      '(at Stack/Pool51) [DedicatedIpPool.tooMany]');
  });

  test('more than 50 tags are refused', () => {
    const { stack, pool } = poolWith();
    for (let tag = 1; tag <= 51; tag++) Tags.of(stack).add(`tag${tag}`, 'x');
    expect(() => Template.fromStack(pool.stack)).toThrow('[Tags.tooMany]');
  });

  test('with a managed pool, more than 10,000 identities in its Region are refused', () => {
    const { stack, pool } = poolWith({ scalingMode: MANAGED });
    for (let number = 1; number <= 10_000; number++) new ses.CfnEmailIdentity(stack, `Identity${number}`, { emailIdentity: `${number}.example.com` });
    new ses.CfnEmailIdentity(new Stack(stack.node.root as App, 'Elsewhere'), 'Identity', { emailIdentity: 'example.org' });
    expect(() => pool.node.validate()).not.toThrow();
    new ses.CfnEmailIdentity(stack, 'OneMore', { emailIdentity: 'example.com' });
    expect(() => pool.node.validate()).toThrow('the app has 10001 identities in the Region of a managed pool; SES allows 10000 there, ' +
      'domains and addresses together, so move some of them to another account or Region (at Stack/Pool) [DedicatedIpPool.tooManyIdentities]');
  });

  test('a conversion into a standard pool is refused', () => {
    for (const scalingMode of [STANDARD, undefined]) {
      expect(() => poolWith({ scalingMode, convertFromStandard: true })).toThrow(
        'convertFromStandard is true, but the pool is a standard one; a conversion makes a managed pool, so give scalingMode: ScalingMode.MANAGED too. ' +
        'A managed pool never becomes a standard one again (at Stack/Pool) [DedicatedIpPool.conversion]');
    }
  });
});

describe('a pool that nobody sends through', () => {
  test('is reported once, and can be acknowledged', () => {
    const { stack } = poolWith();
    new ses.ConfigurationSet(stack, 'Set');
    expect(findingIdsOf(stack)).toEqual([UNUSED]);
    const { stack: other, pool } = poolWith({ scalingMode: MANAGED });
    Validations.of(pool).acknowledge({ id: UNUSED, reason: 'another app sends through it' });
    expect(findingIdsOf(other)).toEqual([]);
  });

  test('is not one that a configuration set refers to', () => {
    const { stack, pool } = poolWith();
    setWith(stack, pool);
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('is not one which a set was given afterwards', () => {
    const { stack, pool } = poolWith();
    const set = new ses.CfnConfigurationSet(stack, 'Set');
    set.addPropertyOverride('DeliveryOptions.SendingPoolName', SendingPool.dedicated(pool).poolName);
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('is not one that a set of another stack refers to', () => {
    const { stack, pool } = poolWith();
    setWith(new Stack(stack.node.root as App, 'Other', { env: { account: stack.account, region: stack.region } }), pool);
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('is not one that a set names', () => {
    const { stack } = poolWith({ dedicatedIpPoolName: 'marketing' });
    setWith(stack, DedicatedIpPool.fromDedicatedIpPoolName(stack, 'Import', 'marketing'));
    expect(findingIdsOf(stack)).toEqual([]);
  });

  test('is one when the set sends through another', () => {
    const { stack, pool } = poolWith();
    setWith(stack, pool);
    new DedicatedIpPool(stack, 'Spare');
    expect(findingIdsOf(stack)).toEqual([UNUSED]);
  });
});

describe('metrics of a managed pool', () => {
  const dimensionsMap = { Pool: 'as list-metrics shows it' };
  const { stack, pool } = poolWith({ scalingMode: MANAGED });

  test.each([
    ['Send', 'Sum', pool.metricSend({ dimensionsMap })],
    ['ApproximateDedicatedSendingPercentage', 'Average', pool.metricDedicatedSendingPercentage({ dimensionsMap })],
    ['SentLast24Hours', 'Maximum', pool.metricSentLast24Hours({ dimensionsMap })],
    ['Available24HourSend', 'Maximum', pool.metricAvailable24HourSend({ dimensionsMap })],
  ])('%s has the dimensions that are given', (metricName, statistic, metric) => {
    expect(metric.toMetricConfig().metricStat).toMatchObject({
      namespace: 'AWS/SES', metricName, statistic, dimensions: [{ name: 'Pool', value: dimensionsMap.Pool }], region: stack.region,
    });
  });

  test('the statistic can be another', () => {
    expect(pool.metricDedicatedSendingPercentage({ dimensionsMap, statistic: 'Minimum' }).statistic).toBe('Minimum');
  });

  test.each([{}, { dimensionsMap: {} }])('without dimensions (%j) it is refused, with the command that finds them', options => {
    expect(() => pool.metricSend(options)).toThrow('the metric Send needs dimensionsMap, and AWS does not document its dimensions; look them up with ' +
      '`aws cloudwatch list-metrics --namespace AWS/SES --metric-name Send` once mail has been sent through the pool (at Stack/Pool) [DedicatedIpPool.metricDimensions]');
  });

  test('a standard pool has none', () => {
    expect(() => poolWith().pool.metricSend({ dimensionsMap })).toThrow('SES publishes Send for managed pools, and this is a standard one; ' +
      'watch the metrics of the configuration sets that use it (at Stack/Pool) [DedicatedIpPool.metricOfStandard]');
  });
});
