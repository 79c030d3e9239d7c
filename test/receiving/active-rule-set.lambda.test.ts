/* The handler as it is deployed, with the real SDK and over the real wire, against an SES and a CloudFormation that are fakes. */
import * as fc from 'fast-check';
import { ActivationStack, type ActivationTemplate, type Incidents } from './activation-stack';
import { FakeCloudFormation, type Handler } from '../support/fake-cloudformation';
import { Refusal } from '../support/fake-service';
import { FakeSesReceiving } from '../support/fake-ses-receiving';
import { FakeStacks } from '../support/fake-stacks';
import { hurry } from '../support/hurry';

const ses = new FakeSesReceiving();
const cloudFormation = new FakeCloudFormation();
const stacks = new FakeStacks();
const services = [ses, cloudFormation, stacks];
const SES_FAILS = new Refusal(500, 'InternalFailure', 'The request processing has failed because of an unknown error, exception or failure.');
const THROTTLED = new Refusal(400, 'Throttling', 'Rate exceeded');
const ALWAYS = 1_000;

/** Each is a process of its own: it has not heard what the others have answered, and its SDK has not tired of trying. */
function processes(count: number): Handler[] {
  return Array.from({ length: count }, () => {
    let handler: Handler;
    jest.isolateModules(() => { ({ handler } = jest.requireActual<{ handler: Handler }>('../../src/receiving/active-rule-set.lambda')); });
    return handler!;
  });
}

let handlers: Handler[];
/** What was active when the function activated something else. */
const displaced: (string | undefined)[] = [];

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL_SES: ses.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: stacks.endpoint,
    // each process would say it again
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  handlers = processes(2);
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });
beforeEach(() => {
  reset();
  hurry();
  jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => { jest.restoreAllMocks(); });

function reset(): void {
  services.forEach(service => service.reset());
  displaced.length = 0;
  ses.beforeActivation = () => { displaced.push(ses.active); };
}

const newStack = (of = handlers.slice(0, 1)) => new ActivationStack(cloudFormation, stacks, ses, of);

/** The account as a deployment finds it. Our set exists already when it is active. */
function given(active: string | undefined): void {
  ses.put('foreign', 'stranger');
  if (active === 'ours') ses.put('ours');
  ses.active = active;
}

const FOUND = [undefined, 'ours', 'foreign'] as const;
const DELETIONS = ['RestorePrevious', 'Deactivate', 'Keep'] as const;

describe('creation', () => {
  test.each<[found: string | undefined, takeOver: boolean, result: string, active: string | undefined]>([
    [undefined, false, 'CREATED', 'ours'],
    [undefined, true, 'CREATED', 'ours'],
    ['ours', false, 'CREATED', 'ours'],
    ['ours', true, 'CREATED', 'ours'],
    ['foreign', false, 'ROLLED BACK', 'foreign'],
    ['foreign', true, 'CREATED', 'ours'],
  ])('where %s is active, takeOver %s: %s, and %s is', async (found, takeOver, result, active) => {
    given(found);
    expect(await newStack().create({ ruleSet: 'ours', takeOver })).toBe(result);
    expect(ses.active).toBe(active);
  });

  test('that is refused names the set, whose it may be, and the cures; nothing is activated', async () => {
    given('foreign');
    ses.put('INBOUND_MAIL');
    ses.active = 'INBOUND_MAIL';
    const stack = newStack();
    await stack.create({ ruleSet: 'ours' });
    expect(stack.reasons).toEqual([
      'the rule set INBOUND_MAIL, which is that of Amazon WorkMail, is active in this account and Region. SES has one active set, so INBOUND_MAIL would receive nothing ' +
      'more if ours were activated; nothing was changed. Add the rules to INBOUND_MAIL (ActiveRuleSet.fromActiveRuleSetName), deactivate it first, or pass takeOver.',
    ]);
    expect(ses.activations).toEqual([]);
  });

  test('looks, activates and reads back', async () => {
    await newStack().create({ ruleSet: 'ours' });
    expect(ses.calls).toEqual(['DescribeActiveReceiptRuleSet', 'DescribeActiveReceiptRuleSet', 'SetActiveReceiptRuleSet', 'DescribeActiveReceiptRuleSet']);
  });

  test('waits until SES shows the set as active', async () => {
    ses.lag = 4;
    expect(await newStack().create({ ruleSet: 'ours' })).toBe('CREATED');
    expect(ses.calls).toHaveLength(8);
  });

  test('fails when SES never does, and takes back what it may have done', async () => {
    given('foreign');
    ses.lag = Infinity;
    const stack = newStack();
    expect(await stack.create({ ruleSet: 'ours', takeOver: true }, { beforeRollback: () => ses.heal() })).toBe('ROLLED BACK');
    expect(stack.reasons).toEqual(['SES was told to activate ours and says that foreign is active; deploy again']);
    expect(ses.active).toBe('foreign');
  });

  test('does not take over what somebody activates after the look: it would never be restored', async () => {
    given('foreign');
    const stack = newStack([async (event, context) => {
      await handlers[0](event, context);
      ses.active = 'stranger';
    }]);
    expect(await stack.create({ ruleSet: 'ours', takeOver: true })).toBe('ROLLED BACK');
    expect(stack.reasons[0]).toBe('stranger was made the active rule set while this deployment was under way; nothing was changed. Deploy again.');
    expect(ses.active).toBe('stranger');
  });

  test('of a set that does not exist fails in the words of SES', async () => {
    const answer = await cloudFormation.request(handlers[0], 'Create', {
      resourceType: 'Custom::PostmasterActiveRuleSet', properties: { RuleSetName: 'gone', RuleSetBefore: '(none)', TakeOver: 'false', OnDelete: 'Keep' },
    });
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'Rule set does not exist: gone' });
  });
});

describe('a creation that is rolled back since something else has failed', () => {
  test.each(FOUND.flatMap(found => DELETIONS.map(onDelete => [found, onDelete] as const)))('ends as it began (%s is active, %s)', async (found, onDelete) => {
    given(found);
    expect(await newStack().create({ ruleSet: 'ours', takeOver: true, onDelete }, { failsLater: true })).toBe('ROLLED BACK');
    expect(ses.active).toBe(found);
  });
});

describe('deletion', () => {
  test.each<[found: string | undefined, onDelete: ActivationTemplate['onDelete'], left: string | undefined]>([
    [undefined, 'RestorePrevious', undefined],
    [undefined, 'Deactivate', undefined],
    ['ours', 'RestorePrevious', 'ours'],
    ['ours', 'Deactivate', undefined],
    ['ours', 'Keep', 'ours'],
    ['foreign', 'RestorePrevious', 'foreign'],
    ['foreign', 'Deactivate', undefined],
  ])('where %s was active before, with %s: %s is active', async (found, onDelete, left) => {
    given(found);
    const stack = newStack();
    expect(await stack.create({ ruleSet: 'ours', takeOver: true, onDelete })).toBe('CREATED');
    await stack.delete();
    expect(ses.active).toBe(left);
  });

  test.each(FOUND.flatMap(found => DELETIONS.map(onDelete => [found, onDelete] as const)))(
    'leaves alone what somebody has activated meanwhile (before: %s, %s)', async (found, onDelete) => {
      given(found);
      const stack = newStack();
      await stack.create({ ruleSet: 'ours', takeOver: true, onDelete });
      for (const active of ['stranger', undefined]) {
        const other = ses.activations.length;
        ses.active = active;
        await stack.delete().catch(() => {});
        expect(ses.active).toBe(active);
        expect(ses.activations).toHaveLength(other);
        await stack.create({ ruleSet: 'ours', takeOver: true, onDelete });
      }
    });

  test('deactivates when the set that was active before is gone', async () => {
    given('foreign');
    const stack = newStack();
    await stack.create({ ruleSet: 'ours', takeOver: true });
    ses.ruleSets.delete('foreign');
    await stack.delete();
    expect(ses.active).toBeUndefined();
  });

  test('tolerates that our own set is gone', async () => {
    const stack = newStack();
    await stack.create({ ruleSet: 'ours' });
    ses.active = undefined;
    ses.ruleSets.delete('ours');
    await stack.delete();
    expect(ses.activations).toEqual(['ours']);
  });

  test('fails when SES does, and ends well when it is asked again', async () => {
    given('foreign');
    const stack = newStack(processes(1));
    await stack.create({ ruleSet: 'ours', takeOver: true });
    ses.refuseNext(ALWAYS, SES_FAILS, 'SetActiveReceiptRuleSet');
    await expect(stack.delete()).rejects.toThrow('DELETE_FAILED: The request processing has failed');
    expect(ses.active).toBe('ours');
    ses.heal();
    await stack.delete();
    expect(ses.active).toBe('foreign');
  });
});

describe('update', () => {
  const OURS: ActivationTemplate = { ruleSet: 'ours' };
  const RENAMED: ActivationTemplate = { ruleSet: 'renamed' };

  test.each<[what: string, active: string | undefined, template: ActivationTemplate, result: string, left: string | undefined]>([
    ['another set', 'ours', RENAMED, 'UPDATED', 'renamed'],
    ['another set, while none is active', undefined, RENAMED, 'UPDATED', 'renamed'],
    ['another set, which is active already', 'renamed', RENAMED, 'UPDATED', 'renamed'],
    ['another set, while somebody has taken over', 'stranger', RENAMED, 'ROLLED BACK', 'stranger'],
    ['another set, while somebody has taken over', 'stranger', { ...RENAMED, takeOver: true }, 'UPDATED', 'renamed'],
    ['another end', 'ours', { ...OURS, onDelete: 'Deactivate' }, 'UPDATED', 'ours'],
    ['another end, while none is active', undefined, { ...OURS, onDelete: 'Deactivate' }, 'UPDATED', 'ours'],
    ['another end, while somebody has taken over', 'stranger', { ...OURS, onDelete: 'Deactivate' }, 'ROLLED BACK', 'stranger'],
    ['takeOver, after somebody has taken over', 'stranger', { ...OURS, takeOver: true }, 'UPDATED', 'ours'],
  ])('to %s (%s is active)', async (_, active, template, result, left) => {
    given(undefined);
    const stack = newStack();
    await stack.create(OURS);
    if (active === 'renamed') ses.put('renamed');
    ses.active = active;
    expect(await stack.update(template)).toBe(result);
    expect(ses.active).toBe(left);
    await stack.delete();
    expect(ses.active).toBe(left === 'stranger' ? 'stranger' : undefined);
  });

  test('that is refused says why', async () => {
    given(undefined);
    const stack = newStack();
    await stack.create(OURS);
    ses.active = 'stranger';
    await stack.update(RENAMED);
    expect(stack.reasons).toEqual([expect.stringMatching(/^the rule set stranger is active in this account and Region\..*nothing was changed/)]);
    expect(ses.activations).toEqual(['ours']);
  });

  test('a roll-back takes nothing over and activates nothing, whatever the old template says', async () => {
    for (const active of ['stranger', undefined]) {
      reset();
      given('foreign');
      const stack = newStack();
      await stack.create({ ...OURS, takeOver: true });
      ses.active = active;
      expect(await stack.update({ ...OURS, takeOver: true }, { failsLater: true, beforeRollback: () => { ses.active = active; } })).toBe('ROLLED BACK');
      expect(ses.active).toBe(active);
    }
  });

  test.each<[what: string, template: ActivationTemplate]>([
    ['another set', RENAMED], ['another set and takeOver', { ...RENAMED, takeOver: true }], ['another end', { ...OURS, onDelete: 'Keep' }],
  ])('to %s is taken back when another resource fails: our set is active as before', async (_, template) => {
    given('foreign');
    const stack = newStack();
    await stack.create({ ...OURS, takeOver: true });
    expect(await stack.update(template, { failsLater: true })).toBe('ROLLED BACK');
    expect(ses.active).toBe('ours');
    expect([...ses.ruleSets.keys()]).toEqual(['foreign', 'stranger', 'ours']);
    await stack.delete();
    expect(ses.active).toBe('foreign');
  });

  test('of the function alone keeps what the look has seen', async () => {
    given('foreign');
    const look = await cloudFormation.request(handlers[0], 'Create', { resourceType: 'Custom::PostmasterRuleSetBefore', properties: {} });
    expect(look).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before:foreign', Data: { RuleSetName: 'foreign' } });
    ses.active = 'stranger';
    expect(await cloudFormation.request(handlers[0], 'Update', {
      resourceType: 'Custom::PostmasterRuleSetBefore', properties: { ServiceToken: 'new' }, old: { ServiceToken: 'old' }, physicalId: look.PhysicalResourceId,
    })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before:foreign', Data: { RuleSetName: 'foreign' } });
  });
});

describe('life cycle of a look', () => {
  const LOOK = { resourceType: 'Custom::PostmasterRuleSetBefore', properties: {} };
  const look = () => cloudFormation.request(handlers[0], 'Create', LOOK);

  test('it tells in its ID what is active, whosever it is, and what when none is', async () => {
    given('foreign');
    expect(await look()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before:foreign', Data: { RuleSetName: 'foreign' } });
    ses.active = undefined;
    expect(await look()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before:(none)', Data: { RuleSetName: '(none)' } });
  });

  test('its deletion asks nothing and changes nothing, also after a look that failed', async () => {
    for (const physicalId of ['before:foreign', 'cdk-postmaster:create-failed']) {
      expect(await cloudFormation.request(handlers[0], 'Delete', { ...LOOK, physicalId })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalId });
    }
    expect(ses.calls).toEqual([]);
  });

  test('a look that comes again says what the first one said, whatever is active by then', async () => {
    given('foreign');
    const first = await cloudFormation.request(handlers[0], 'Create', { ...LOOK, requestId: 'twice' });
    ses.active = 'stranger';
    expect(await cloudFormation.request(handlers[0], 'Create', { ...LOOK, requestId: 'twice' })).toEqual(first);
  });

  test('it looks again while SES throttles', async () => {
    ses.refuseNext(3, THROTTLED);
    expect(await look()).toMatchObject({ Status: 'SUCCESS' });
  });

  test('it fails when SES cannot tell, so that nothing is activated', async () => {
    ses.refuseNext(ALWAYS, SES_FAILS);
    expect(await cloudFormation.request(processes(1)[0], 'Create', LOOK)).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'cdk-postmaster:create-failed' });
  });
});

describe('life cycle of an activation', () => {
  const properties = { RuleSetName: 'ours', RuleSetBefore: '(none)', TakeOver: 'false', OnDelete: 'RestorePrevious' };
  const ACTIVATION = { resourceType: 'Custom::PostmasterActiveRuleSet', properties };

  test('it is never replaced: another rule set is another state of the same activation, since an account has one', async () => {
    ses.put('ours', 'renamed');
    const { PhysicalResourceId: physicalId } = await cloudFormation.request(handlers[0], 'Create', ACTIVATION);
    expect(await cloudFormation.request(handlers[0], 'Update', { ...ACTIVATION, properties: { ...properties, RuleSetName: 'renamed' }, old: properties, physicalId }))
      .toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalId });
    expect(ses.active).toBe('renamed');
  });

  test('a Create that comes again, to another process, finds the set active and activates nothing', async () => {
    ses.put('ours');
    const first = await cloudFormation.request(handlers[0], 'Create', { ...ACTIVATION, requestId: 'twice' });
    expect(await cloudFormation.request(handlers[1], 'Create', { ...ACTIVATION, requestId: 'twice' })).toEqual(first);
    expect(ses.activations).toEqual(['ours']);
  });
});

/* Every moment at which SES may fail, in every situation. */
describe('when SES fails at each call in turn', () => {
  /** Lets the call fail which is made after some others, and all after it, until the roll-back begins. */
  function failFrom(call: number, how: 'refused' | 'answer lost'): Incidents {
    let seen = 0;
    const original = ses.hold;
    ses.hold = async () => {
      if (++seen < call) return;
      if (how === 'refused') ses.refuseNext(1, SES_FAILS);
      else ses.lostAnswers.push('SetActiveReceiptRuleSet', 'DescribeActiveReceiptRuleSet');
    };
    return { beforeRollback: () => { ses.hold = original; ses.heal(); } };
  }

  const FAILURES = [1, 2, 3, 4].flatMap(call => (['refused', 'answer lost'] as const).map(how => [call, how] as const));

  test.each(FOUND.flatMap(found => FAILURES.map(([call, how]) => [found, call, how] as const)))(
    'a creation where %s is active ends as it began (call %i, %s)', async (found, call, how) => {
      given(found);
      const stack = newStack(processes(1));
      const result = await stack.create({ ruleSet: 'ours', takeOver: true, onDelete: 'Deactivate' }, failFrom(call, how));
      // our set is active already: there are no further calls that could fail
      expect(result).toBe(found === 'ours' && call > 2 ? 'CREATED' : 'ROLLED BACK');
      expect(ses.active).toBe(found);
    });

  test.each(FAILURES.filter(([call]) => call < 4))('an update ends as it began (call %i, %s)', async (call, how) => {
    given('foreign');
    const stack = newStack(processes(1));
    await stack.create({ ruleSet: 'ours', takeOver: true });
    expect(await stack.update({ ruleSet: 'renamed' }, failFrom(call, how))).toBe('ROLLED BACK');
    expect(ses.active).toBe('ours');
    await stack.delete();
    expect(ses.active).toBe('foreign');
  });
});

describe('patience', () => {
  test('each operation takes one call a second, and a whole life still passes', async () => {
    given('foreign');
    ses.throttles = true;
    const stack = newStack(processes(1));
    expect(await stack.create({ ruleSet: 'ours', takeOver: true })).toBe('CREATED');
    expect(await stack.update({ ruleSet: 'renamed' })).toBe('UPDATED');
    await stack.delete();
    expect(ses.active).toBe('foreign');
    expect(ses.activations).toEqual(['ours', 'renamed', 'foreign']);
  });

  test('throttled calls are made again', async () => {
    ses.refuseNext(3, THROTTLED, 'DescribeActiveReceiptRuleSet');
    ses.refuseNext(3, THROTTLED, 'SetActiveReceiptRuleSet');
    expect(await newStack(processes(1)).create({ ruleSet: 'ours' })).toBe('CREATED');
    expect(ses.activations).toEqual(['ours']);
  });

  test('a policy that is not known everywhere yet is waited for, and one that is missing fails', async () => {
    const denied = new Refusal(403, 'AccessDenied', 'User: x is not authorized to perform: ses:DescribeActiveReceiptRuleSet');
    ses.refuseNext(3, denied);
    expect(await newStack().create({ ruleSet: 'ours' })).toBe('CREATED');
    ses.refuseNext(ALWAYS, denied);
    const stack = newStack();
    await stack.create({ ruleSet: 'other' });
    expect(stack.reasons).toEqual(['User: x is not authorized to perform: ses:DescribeActiveReceiptRuleSet']);
  });

  test('nothing is begun when time is up', async () => {
    let release = () => {};
    ses.hold = () => new Promise<void>(resolve => { release = resolve; });
    const request = { resourceType: 'Custom::PostmasterActiveRuleSet', properties: { RuleSetName: 'ours', RuleSetBefore: '(none)', TakeOver: 'false', OnDelete: 'Keep' } };
    ses.put('ours');
    expect(await cloudFormation.request(handlers[0], 'Create', { ...request, remainingMs: 6_000 })).toMatchObject({ Status: 'FAILED', Reason: 'the handler ran out of time; deploy again' });
    ses.hold = async () => {};
    release();
    await new Promise(resolve => { setTimeout(resolve, 3_000); });
    expect(ses.activations).toEqual([]);
  });
});

describe('the set of somebody else, to which rules are added', () => {
  const check = (type: 'Create' | 'Update' | 'Delete', RuleSetName: string, physicalId?: string, more: object = {}) =>
    cloudFormation.request(handlers[0], type, { resourceType: 'Custom::PostmasterSharedRuleSet', properties: { RuleSetName }, physicalId, ...more });

  test('is active: its name is what the template goes on with', async () => {
    given('foreign');
    expect(await check('Create', 'foreign')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'foreign' });
    expect(await check('Delete', 'foreign', 'foreign')).toMatchObject({ Status: 'SUCCESS' });
    expect(ses.activations).toEqual([]);
  });

  test('is not checked again: neither an update nor a deletion asks, since a roll-back could not end otherwise', async () => {
    given('stranger');
    expect(await check('Update', 'foreign', 'foreign', { old: { RuleSetName: 'foreign' } })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'foreign' });
    for (const id of ['foreign', 'cdk-postmaster:create-failed']) expect(await check('Delete', 'foreign', id)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    expect(ses.calls).toEqual([]);
  });

  test('of another name has another ID; the template makes another resource of it, which is checked', async () => {
    expect(await check('Update', 'renamed', 'foreign', { old: { RuleSetName: 'foreign' } })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'renamed' });
  });

  test('is found active by a check that comes again, too', async () => {
    given('foreign');
    const first = await check('Create', 'foreign', undefined, { requestId: 'twice' });
    expect(await check('Create', 'foreign', undefined, { requestId: 'twice' })).toEqual(first);
  });

  test('is looked at again while SES throttles, and fails when SES cannot tell', async () => {
    given('foreign');
    ses.refuseNext(3, THROTTLED);
    expect(await check('Create', 'foreign')).toMatchObject({ Status: 'SUCCESS' });
    ses.refuseNext(ALWAYS, SES_FAILS);
    expect(await check('Create', 'foreign')).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'cdk-postmaster:create-failed' });
  });

  test.each([['stranger', 'stranger'], [undefined, '(none)']])('is not active: %s is, and the deployment fails', async (active, said) => {
    given(active);
    expect(await check('Create', 'foreign')).toMatchObject({
      Status: 'FAILED',
      Reason: `the rule set foreign is not active in this account and Region (${said} is), so rules in it would never see mail. Activate it, or name the one that is active.`,
    });
  });
});

interface Step {
  readonly template: ActivationTemplate;
  readonly failsLater: boolean;
  /** What somebody else activates before. */
  readonly interference?: string;
  readonly trouble: string;
}

/* Whatever happens, in whatever order. */
describe('always', () => {
  const template = fc.record({
    ruleSet: fc.constantFrom('ours', 'renamed'),
    takeOver: fc.boolean(),
    onDelete: fc.constantFrom<ActivationTemplate['onDelete']>('RestorePrevious', 'Deactivate'),
  });
  const step = fc.record({
    template,
    failsLater: fc.boolean(),
    interference: fc.option(fc.constantFrom('foreign', 'stranger', '(none)'), { freq: 4, nil: undefined }),
    trouble: fc.constantFrom('none', 'none', 'throttled', 'lost', 'lag'),
  });

  function trouble(kind: string): void {
    if (kind === 'throttled') ses.refuseNext(2, THROTTLED);
    if (kind === 'lost') ses.lostAnswers.push('SetActiveReceiptRuleSet');
    if (kind === 'lag') ses.lag = 1;
  }

  /** Deployments of one stack, one after the other, and its deletion. Each event comes twice, the second time to another process. */
  async function live(found: string | undefined, steps: Step[]) {
    reset();
    given(found);
    const stack = newStack(handlers);
    let standing: ActivationTemplate | undefined;
    for (const { template: wanted, failsLater, interference, trouble: kind } of steps) {
      if (interference) ses.active = interference === '(none)' ? undefined : interference;
      const active = ses.active;
      displaced.length = 0;
      trouble(kind);
      const result = await (standing ? stack.update(wanted, { failsLater }) : stack.create(wanted, { failsLater }));
      if (!wanted.takeOver && (active === 'foreign' || active === 'stranger')) expect(displaced).not.toContain(active);
      // where nobody's set was active, or an update has taken over, the roll-back leaves the set of the old template active
      if (result === 'ROLLED BACK') expect(ses.active).toBe(standing && (active === undefined || wanted.takeOver) ? standing.ruleSet : active);
      else standing = wanted;
    }
    if (stack.exists) await stack.delete();
  }

  test('nothing foreign is displaced without takeOver, what is rolled back is as it was, and no roll-back or deletion fails', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...FOUND), fc.array(step, { minLength: 1, maxLength: 5 }), live), { numRuns: 30 });
  }, 60_000);

  test('with RESTORE_PREVIOUS the account ends as it began, unless somebody else has changed it', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...FOUND), fc.array(step, { minLength: 1, maxLength: 5 }), async (found, steps) => {
      await live(found, steps.map(each => ({ ...each, interference: undefined, template: { ...each.template, onDelete: 'RestorePrevious' } })));
      expect(ses.active).toBe(found);
    }), { numRuns: 30 });
  }, 60_000);
});
