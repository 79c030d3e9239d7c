import { customResource, log, type ResourceKind, retry } from '../../src/private/custom-resource.lambda-shared';
import { FakeCloudFormation } from '../support/fake-cloudformation';
import { Refusal } from '../support/fake-service';
import { hurry } from '../support/hurry';

interface Thing { readonly name: string }

const cloudFormation = new FakeCloudFormation();
beforeAll(() => cloudFormation.start());
afterAll(() => cloudFormation.stop());

let said: jest.SpyInstance;
beforeEach(() => {
  cloudFormation.reset();
  said = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => { jest.restoreAllMocks(); });

/** A kind which notes what it is told to do. */
function kindOf(overrides: Partial<ResourceKind<Thing>> = {}) {
  const done: string[] = [];
  const kind: ResourceKind<Thing> = {
    physicalId: properties => `id-of-${properties.name}`,
    create: async properties => { done.push(`create ${properties.name}`); },
    update: async (properties, old) => { done.push(`update ${old.name} to ${properties.name}`); },
    delete: async properties => { done.push(`delete ${properties.name}`); },
    ...overrides,
  };
  return { done, handler: customResource(kind) };
}

const failing = (message: string) => async () => { throw new Error(message); };
const never = () => new Promise<void>(() => {});

describe('a request is answered', () => {
  test('with the physical ID that the kind makes of the properties', async () => {
    const { done, handler } = kindOf();
    expect(await cloudFormation.request(handler, 'Create', { properties: { name: 'one' } })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'id-of-one' });
    expect(await cloudFormation.request(handler, 'Update', { properties: { name: 'two' }, old: { name: 'one' }, physicalId: 'id-of-one' }))
      .toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'id-of-two' });
    expect(await cloudFormation.request(handler, 'Delete', { properties: { name: 'one' }, physicalId: 'id-of-one' }))
      .toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'id-of-one' });
    expect(done).toEqual(['create one', 'update one to two', 'delete one']);
  });

  test.each(['Update', 'Delete'] as const)('with the physical ID of before when an %s fails', async type => {
    const { handler } = kindOf({ update: failing('no'), delete: failing('no') });
    const answer = await cloudFormation.request(handler, type, { properties: { name: 'two' }, old: { name: 'one' }, physicalId: 'id-of-one' });
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'no', PhysicalResourceId: 'id-of-one' });
  });

  test('with the reason when it fails, and the log has it too', async () => {
    const { handler } = kindOf({ create: failing('SES says no') });
    expect(await cloudFormation.request(handler, 'Create', { properties: { name: 'one' } })).toMatchObject({ Status: 'FAILED', Reason: 'SES says no' });
    expect(said.mock.calls).toEqual([['{"notice":"failed","RequestType":"Create","LogicalResourceId":"MailRecords","failure":"SES says no"}']]);
  });

  test('with a reason that CloudFormation keeps whole', async () => {
    const { handler } = kindOf({ create: failing('x'.repeat(10_000)) });
    expect((await cloudFormation.request(handler, 'Create', { properties: {} }) as { Reason: string }).Reason).toHaveLength(1_000);
  });

  test('also when what is thrown is no error', async () => {
    const { handler } = kindOf({ create: async () => { throw 'a text'; } }); // eslint-disable-line @typescript-eslint/only-throw-error
    expect(await cloudFormation.request(handler, 'Create', { properties: {} })).toMatchObject({ Status: 'FAILED', Reason: 'a text' });
  });

  test('before the function runs out of time, and the work is told to stop', async () => {
    const signals: AbortSignal[] = [];
    const { handler } = kindOf({ create: (_, signal) => { signals.push(signal); return never(); } });
    const answer = await cloudFormation.request(handler, 'Create', { properties: { name: 'one' }, remainingMs: 5_020 });
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'the handler ran out of time; deploy again' });
    expect(signals.map(signal => signal.aborted)).toEqual([true]);
  });

  test('also when there is no time left at all', async () => {
    const { handler } = kindOf({ create: never });
    expect(await cloudFormation.request(handler, 'Create', { properties: { name: 'one' }, remainingMs: 0 })).toMatchObject({ Status: 'FAILED' });
  });

  test('a second time with the same words and without doing it again, when Lambda delivers it twice', async () => {
    const { done, handler } = kindOf();
    const first = await cloudFormation.request(handler, 'Create', { properties: { name: 'one' }, requestId: 'twice' });
    expect(await cloudFormation.request(handler, 'Create', { properties: { name: 'one' }, requestId: 'twice' })).toEqual(first);
    expect(done).toEqual(['create one']);
  });
});

describe('a Create that failed', () => {
  const failed = async () => {
    const { done, handler } = kindOf({ create: failing('no') });
    return { done, handler, physicalId: (await cloudFormation.request(handler, 'Create', { properties: { name: 'one' } })).PhysicalResourceId };
  };

  test('is followed by a Delete that touches nothing', async () => {
    const { done, handler, physicalId } = await failed();
    expect(await cloudFormation.request(handler, 'Delete', { properties: { name: 'one' }, physicalId })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalId });
    expect(done).toEqual([]);
  });

  test('may be followed by an Update, which then is a creation: there is nothing of ours to change', async () => {
    const { physicalId } = await failed();
    const { done, handler } = kindOf();
    expect(await cloudFormation.request(handler, 'Update', { properties: { name: 'two' }, old: { name: 'one' }, physicalId }))
      .toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'id-of-two' });
    expect(done).toEqual(['create two']);
  });
});

describe('a kind may', () => {
  test('keep in the physical ID what Create has found, and tell it as an attribute with each answer', async () => {
    const { handler } = kindOf({
      physicalId: (_, event, found) => found ?? (event as { PhysicalResourceId: string }).PhysicalResourceId,
      attributes: id => ({ Found: id }),
      create: async () => 'something',
    });
    expect(await cloudFormation.request(handler, 'Create', { properties: {} })).toMatchObject({ PhysicalResourceId: 'something', Data: { Found: 'something' } });
    expect(await cloudFormation.request(handler, 'Update', { properties: { name: 'two' }, old: { name: 'one' }, physicalId: 'something' }))
      .toMatchObject({ PhysicalResourceId: 'something', Data: { Found: 'something' } });
  });

  test('learn which stack an Update or a Delete is about', async () => {
    const [update, remove] = [jest.fn(), jest.fn()];
    const { handler } = kindOf({ update, delete: remove });
    await cloudFormation.request(handler, 'Update', { properties: { name: 'two' }, old: { name: 'one' }, physicalId: 'id-of-one' });
    await cloudFormation.request(handler, 'Delete', { properties: { name: 'two' }, physicalId: 'id-of-one' });
    const event = expect.objectContaining({ StackId: expect.stringContaining(':stack/mail/') });
    expect(update).toHaveBeenCalledWith({ name: 'two' }, { name: 'one' }, expect.any(AbortSignal), event);
    expect(remove).toHaveBeenCalledWith({ name: 'two' }, expect.any(AbortSignal), event);
  });

  test('take back what a Create that failed has done', async () => {
    const taken: string[] = [];
    const { done, handler } = kindOf({ create: failing('half way'), takeBack: async ({ name }) => { taken.push(name); } });
    const { PhysicalResourceId: physicalId } = await cloudFormation.request(handler, 'Create', { properties: { name: 'one' } });
    expect(await cloudFormation.request(handler, 'Delete', { properties: { name: 'one' }, physicalId })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalId });
    expect([taken, done]).toEqual([['one'], []]);
  });
});

test('a Delete with an ID that CloudFormation has made up is carried out, since the Create may have come to its end unheard', async () => {
  const { done, handler } = kindOf();
  await cloudFormation.request(handler, 'Delete', { properties: { name: 'one' }, physicalId: 'stack-Thing-1ABCDEF' });
  expect(done).toEqual(['delete one']);
});

describe('the answer', () => {
  test('is sent again when it does not get through', async () => {
    cloudFormation.refuseNext(2, new Refusal(503, 'SlowDown', 'Please reduce your request rate.'));
    const { done, handler } = kindOf();
    hurry();
    expect(await cloudFormation.request(handler, 'Create', { properties: { name: 'one' } })).toMatchObject({ Status: 'SUCCESS' });
    expect(cloudFormation.calls).toEqual(['PUT', 'PUT', 'PUT']);
    expect(done).toEqual(['create one']);
  });

  test('is given up after a few seconds, with an error that does not show the presigned URL', async () => {
    cloudFormation.refuseNext(1_000, new Refusal(403, 'AccessDenied', 'Request has expired'));
    const { handler } = kindOf();
    hurry();
    const started = Date.now();
    await expect(cloudFormation.request(handler, 'Create', { properties: { name: 'one' } })).rejects.toThrow(/^CloudFormation answered 403$/);
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe('retry', () => {
  const transient = (error: unknown) => (error as Error).message === 'wait';

  test('ends with the first success', async () => {
    hurry();
    let attempts = 0;
    expect(await retry(async () => { if (++attempts < 4) throw new Error('wait'); return attempts; }, transient)).toBe(4);
  });

  test('ends at once with an error that waiting does not cure', async () => {
    const attempt = jest.fn().mockRejectedValue(new Error('never'));
    await expect(retry(attempt, transient)).rejects.toThrow('never');
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  test('ends when its time is up, with the last error, after pauses that grow', async () => {
    hurry();
    const times: number[] = [];
    const started = Date.now();
    await expect(retry(async () => { times.push(Date.now() - started); throw new Error('wait'); }, transient, 20)).rejects.toThrow('wait');
    expect(Date.now() - started).toBeLessThan(22_000);
    expect(times.length).toBeGreaterThan(5);
    expect(times.length).toBeLessThan(15);
    expect(times.at(-1)! - times.at(-2)!).toBeGreaterThan(times[1] - times[0]);
  });
});

test('a log line is JSON', () => {
  log('changed', { zone: 'ZONE' });
  expect(said).toHaveBeenCalledWith('{"notice":"changed","zone":"ZONE"}');
});
