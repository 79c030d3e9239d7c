/* The handler as it is deployed, with the real SDK and over the real wire, against an SES and a CloudFormation that are fakes. */
import type { CloudFormationCustomResourceResponse } from 'aws-lambda';
import * as fc from 'fast-check';
import { FakeCloudFormation, type Handler } from '../support/fake-cloudformation';
import { Refusal } from '../support/fake-service';
import { FakeSesAccount } from '../support/fake-ses-account';
import { hurry } from '../support/hurry';

const BEFORE = 'Custom::PostmasterAccountBefore';
const SETTING = 'Custom::PostmasterAccountSetting';
const ACCESS = 'Custom::PostmasterProductionAccess';
const SES_FAILS = new Refusal(500, 'InternalFailure', 'SES is out of order');
const THROTTLED = new Refusal(429, 'TooManyRequestsException', 'Too Many Requests.');
const ALWAYS = 1_000;

const ses = new FakeSesAccount();
const cloudFormation = new FakeCloudFormation();
const services = [ses, cloudFormation];

/** Each is a process of its own: it has not heard what the others have answered. */
function process_(): Handler {
  let handler: Handler;
  jest.isolateModules(() => { ({ handler } = jest.requireActual<{ handler: Handler }>('../../src/account/account-settings.lambda')); });
  return handler!;
}

let handler: Handler;

beforeAll(async () => {
  await Promise.all(services.map(service => service.start()));
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL_SESV2: ses.endpoint,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  handler = process_();
});
afterAll(async () => { await Promise.all(services.map(service => service.stop())); });
beforeEach(() => {
  services.forEach(service => service.reset());
  hurry();
  jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => { jest.restoreAllMocks(); });

type Answer = CloudFormationCustomResourceResponse & { Data?: Record<string, string> };

/** A setting as CloudFormation keeps it. */
class Managed {
  public reason?: string;
  private before?: string;
  private id?: string;
  private properties?: object;

  public constructor(private readonly setting: string, private readonly onDelete = 'RestorePrevious') {}

  public async create(value: string): Promise<'CREATED' | 'ROLLED BACK'> {
    const look = await cloudFormation.request(handler, 'Create', { resourceType: BEFORE, properties: { Setting: this.setting } }) as Answer;
    this.before = look.Data?.Value;
    if (look.Status === 'SUCCESS' && await this.send('Create', value)) return 'CREATED';
    this.reason ??= look.Reason;
    if (this.properties) await this.delete();
    return 'ROLLED BACK';
  }

  public async update(value: string): Promise<'UPDATED' | 'ROLLED BACK'> {
    const old = this.properties!;
    if (await this.send('Update', value, old)) return 'UPDATED';
    ses.heal();
    await cloudFormation.request(handler, 'Update', { resourceType: SETTING, properties: old, old: this.properties!, physicalId: this.id });
    this.properties = old;
    return 'ROLLED BACK';
  }

  public async delete(): Promise<void> {
    const { Status, Reason } = await cloudFormation.request(handler, 'Delete', { resourceType: SETTING, properties: this.properties!, physicalId: this.id });
    if (Status === 'FAILED') throw new Error(`DELETE_FAILED: ${Reason}`);
    await cloudFormation.request(handler, 'Delete', { resourceType: BEFORE, properties: { Setting: this.setting }, physicalId: `before:${this.setting}=${this.before}` });
  }

  private async send(type: 'Create' | 'Update', Value: string, old?: object): Promise<boolean> {
    this.properties = { Setting: this.setting, Value, Before: this.before, OnDelete: this.onDelete };
    const answer = await cloudFormation.request(handler, type, { resourceType: SETTING, properties: this.properties, old, physicalId: this.id });
    this.id = type === 'Update' && answer.Status === 'FAILED' ? this.id : answer.PhysicalResourceId;
    this.reason = answer.Reason;
    return answer.Status === 'SUCCESS';
  }
}

describe('suppression', () => {
  test.each([
    ['BOUNCE,COMPLAINT', ['BOUNCE', 'COMPLAINT']], ['COMPLAINT', ['COMPLAINT']], ['DISABLED', []],
  ])('is set to %s, read back, and put back', async (value, reasons) => {
    ses.suppressedReasons = ['BOUNCE'];
    const managed = new Managed('suppression');
    expect(await managed.create(value)).toBe('CREATED');
    expect([...ses.suppressedReasons].sort()).toEqual(reasons);
    expect(ses.calls.at(-1)).toBe('GetAccount');
    await managed.delete();
    expect(ses.suppressedReasons).toEqual(['BOUNCE']);
  });

  test('that is so already is not written, in whatever order SES names the reasons', async () => {
    ses.suppressedReasons = ['COMPLAINT', 'BOUNCE'];
    expect(await new Managed('suppression').create('BOUNCE,COMPLAINT')).toBe('CREATED');
    expect(ses.calls).toEqual(['GetAccount', 'GetAccount']);
  });

  test('that somebody has changed meanwhile is left alone on deletion', async () => {
    const managed = new Managed('suppression');
    await managed.create('BOUNCE');
    ses.suppressedReasons = [];
    await managed.delete();
    expect(ses.suppressedReasons).toEqual([]);
    expect(ses.calls.filter(call => call.startsWith('Put'))).toHaveLength(1);
  });

  test('stays on deletion if that is wanted', async () => {
    const managed = new Managed('suppression', 'Keep');
    await managed.create('BOUNCE');
    await managed.delete();
    expect(ses.suppressedReasons).toEqual(['BOUNCE']);
  });

  test('changes, and what was there before the first deployment is still what is put back', async () => {
    const managed = new Managed('suppression');
    await managed.create('BOUNCE');
    expect(await managed.update('COMPLAINT')).toBe('UPDATED');
    expect(ses.suppressedReasons).toEqual(['COMPLAINT']);
    await managed.delete();
    expect(ses.suppressedReasons).toEqual(['BOUNCE', 'COMPLAINT']);
  });

  test('is tried again when SES throttles, also by the same request in another process', async () => {
    ses.refuseNext(3, THROTTLED);
    const managed = new Managed('suppression');
    expect(await managed.create('BOUNCE')).toBe('CREATED');
    const properties = { Setting: 'suppression', Value: 'BOUNCE', Before: 'BOUNCE,COMPLAINT', OnDelete: 'RestorePrevious' };
    const again = await cloudFormation.request(process_(), 'Create', { resourceType: SETTING, properties });
    expect(again).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'suppression' });
    expect(ses.calls.filter(call => call.startsWith('Put')).length).toBeGreaterThanOrEqual(1);
    expect(ses.suppressedReasons).toEqual(['BOUNCE']);
  });

  test('waits until SES shows it', async () => {
    ses.lag = 3;
    expect(await new Managed('suppression').create('BOUNCE')).toBe('CREATED');
  });

  test('that SES never shows fails, and is taken back all the same', async () => {
    ses.lag = ALWAYS;
    const managed = new Managed('suppression');
    const created = managed.create('BOUNCE');
    expect(await created).toBe('ROLLED BACK');
    expect(managed.reason).toBe('SES was told to set suppression to BOUNCE and says that it is BOUNCE,COMPLAINT; deploy again');
  });

  test('that SES does not take fails with its words, and changes nothing', async () => {
    ses.refuseNext(ALWAYS, new Refusal(400, 'BadRequestException', 'not in the sandbox'), 'PutAccountSuppressionAttributes');
    const managed = new Managed('suppression');
    expect(await managed.create('BOUNCE')).toBe('ROLLED BACK');
    expect(managed.reason).toBe('not in the sandbox');
    expect(ses.suppressedReasons).toEqual(['BOUNCE', 'COMPLAINT']);
  });

  test('that SES cannot tell is not touched', async () => {
    ses.refuseNext(ALWAYS, SES_FAILS);
    expect(await new Managed('suppression').create('BOUNCE')).toBe('ROLLED BACK');
    expect(ses.suppressedReasons).toEqual(['BOUNCE', 'COMPLAINT']);
  });

  test('is back as it was after an update that fails', async () => {
    const managed = new Managed('suppression');
    await managed.create('BOUNCE');
    ses.refuseNext(ALWAYS, SES_FAILS, 'PutAccountSuppressionAttributes');
    expect(await managed.update('COMPLAINT')).toBe('ROLLED BACK');
    expect(ses.suppressedReasons).toEqual(['BOUNCE']);
  });
});

describe('life cycle of a look', () => {
  const FIRST = 'before:suppression=BOUNCE,COMPLAINT';
  const IP = 'dedicatedIp:192.0.2.1';
  const look = (Setting = 'suppression', by = handler) => cloudFormation.request(by, 'Create', { resourceType: BEFORE, properties: { Setting } });
  const update = (Setting: string, old: string, physicalId: string) =>
    cloudFormation.request(handler, 'Update', { resourceType: BEFORE, properties: { Setting }, old: { Setting: old }, physicalId });
  const remove = (physicalId: string) => cloudFormation.request(handler, 'Delete', { resourceType: BEFORE, properties: { Setting: 'suppression' }, physicalId });
  beforeEach(() => {
    ses.pools.add('old').add('other');
    ses.ips.set('192.0.2.1', 'old').set('192.0.2.2', 'other');
  });

  test('it tells in its ID what there was, whoever has set it', async () => {
    expect(await look()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: FIRST, Data: { Value: 'BOUNCE,COMPLAINT' } });
    ses.suppressedReasons = [];
    expect(await look()).toMatchObject({ Status: 'SUCCESS', Data: { Value: 'DISABLED' } });
  });

  test('an update of it tells what it saw first, and asks nothing', async () => {
    expect(await update('suppression', 'suppression', FIRST)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: FIRST, Data: { Value: 'BOUNCE,COMPLAINT' } });
    expect(ses.calls).toEqual([]);
  });

  test('another setting is looked at; taken back, it tells what there was of the first before anybody changed it', async () => {
    const { PhysicalResourceId: first } = await look(IP);
    ses.ips.set('192.0.2.1', 'marketing');
    const moved = await update('dedicatedIp:192.0.2.2', IP, first);
    expect(moved).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: expect.not.stringMatching(`^${first}$`), Data: { Value: 'other' } });
    expect(await update(IP, 'dedicatedIp:192.0.2.2', moved.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS', Data: { Value: 'old' } });
  });

  test('its deletion asks nothing and changes nothing, also after a look that failed', async () => {
    for (const id of [FIRST, 'cdk-postmaster:create-failed']) expect(await remove(id)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    expect(ses.calls).toEqual([]);
  });

  test('a look that comes again says the same, also from another process', async () => {
    expect((await look('suppression', process_())).PhysicalResourceId).toBe((await look()).PhysicalResourceId);
  });

  test('it looks again while SES throttles', async () => {
    ses.refuseNext(3, THROTTLED);
    expect(await look()).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('life cycle of a setting', () => {
  const properties = { Setting: 'suppression', Value: 'BOUNCE', Before: 'BOUNCE,COMPLAINT', OnDelete: 'RestorePrevious' };

  test('another setting is set under its own ID, and the Delete that follows puts the first one back', async () => {
    const managed = { resourceType: SETTING, properties };
    await cloudFormation.request(handler, 'Create', managed);
    const warmUp = { Setting: 'autoWarmup', Value: 'DISABLED', Before: 'ENABLED', OnDelete: 'RestorePrevious' };
    expect(await cloudFormation.request(handler, 'Update', { resourceType: SETTING, properties: warmUp, old: properties, physicalId: 'suppression' }))
      .toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'autoWarmup' });
    await cloudFormation.request(handler, 'Delete', { ...managed, physicalId: 'suppression' });
    expect([ses.autoWarmup, ses.suppressedReasons]).toEqual([false, ['BOUNCE', 'COMPLAINT']]);
  });

  test('a Create whose answer SES lost is taken back by the Delete that follows', async () => {
    ses.breaks = () => ses.calls.filter(call => call.startsWith('Put')).length > 0 ? { how: 'reset', when: 'after' } : undefined;
    const answer = await cloudFormation.request(process_(), 'Create', { resourceType: SETTING, properties });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'cdk-postmaster:create-failed' });
    expect(ses.suppressedReasons).toEqual(['BOUNCE']);
    ses.breaks = () => undefined;
    expect(await cloudFormation.request(handler, 'Delete', { resourceType: SETTING, properties, physicalId: answer.PhysicalResourceId })).toMatchObject({ Status: 'SUCCESS' });
    expect([...ses.suppressedReasons].sort()).toEqual(['BOUNCE', 'COMPLAINT']);
  });
});

test('automatic warm-up is switched and put back', async () => {
  const managed = new Managed('autoWarmup');
  await managed.create('DISABLED');
  expect(ses.autoWarmup).toBe(false);
  await managed.update('ENABLED');
  expect(ses.autoWarmup).toBe(true);
  await managed.update('DISABLED');
  await managed.delete();
  expect(ses.autoWarmup).toBe(true);
});

describe('a dedicated IP address', () => {
  const managed = () => new Managed('dedicatedIp:192.0.2.1');
  beforeEach(() => {
    ['marketing', 'old'].forEach(pool => ses.pools.add(pool));
    ses.ips.set('192.0.2.1', 'old');
  });

  test('moves to the pool, and back to where it was', async () => {
    const ip = managed();
    expect(await ip.create('marketing')).toBe('CREATED');
    expect(ses.ips.get('192.0.2.1')).toBe('marketing');
    await ip.delete();
    expect(ses.ips.get('192.0.2.1')).toBe('old');
  });

  test('goes to the default pool when the one where it was is gone', async () => {
    const ip = managed();
    await ip.create('marketing');
    ses.pools.delete('old');
    await ip.delete();
    expect(ses.ips.get('192.0.2.1')).toBe('ses-default-dedicated-pool');
  });

  test('that the account does not have fails with how to find those that it has', async () => {
    const ip = new Managed('dedicatedIp:192.0.2.9');
    expect(await ip.create('marketing')).toBe('ROLLED BACK');
    expect(ip.reason).toBe('the account has no dedicated IP address 192.0.2.9 in this Region; `aws sesv2 get-dedicated-ips` lists those that it has');
  });

  test('that was given up meanwhile does not keep the stack from being deleted', async () => {
    const ip = managed();
    await ip.create('marketing');
    ses.ips.clear();
    await expect(ip.delete()).resolves.toBeUndefined();
  });
});

test('whatever happens, a setting ends as it began, or as somebody else has set it', async () => {
  const values = ['BOUNCE', 'COMPLAINT', 'BOUNCE,COMPLAINT', 'DISABLED'];
  const value = fc.constantFrom(...values);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('update' as const), value, fails: fc.boolean() }),
    fc.record({ kind: fc.constant('stranger' as const), value }),
  );
  const live = () => [...ses.suppressedReasons].sort().join(',') || 'DISABLED';
  const set = (text: string) => { ses.suppressedReasons = text === 'DISABLED' ? [] : text.split(','); };
  await fc.assert(fc.asyncProperty(value, value, fc.array(step, { maxLength: 5 }), async (found, first, steps) => {
    ses.reset();
    set(found);
    const managed = new Managed('suppression');
    await managed.create(first);
    let [ours, expected] = [first, first];
    for (const each of steps) {
      if (each.kind === 'stranger') {
        set(each.value);
        expected = each.value;
        continue;
      }
      if (each.fails) ses.refuseNext(ALWAYS, new Refusal(400, 'BadRequestException', 'no'), 'PutAccountSuppressionAttributes');
      const result = await managed.update(each.value);
      ses.heal();
      ours = result === 'UPDATED' ? each.value : ours;
      expected = ours;
      expect(live()).toBe(expected);
    }
    await managed.delete();
    expect(live()).toBe(expected === ours ? found : expected);
  }), { numRuns: 60 });
}, 60_000);

describe('production access', () => {
  const REQUEST = { MailType: 'TRANSACTIONAL', WebsiteUrl: 'https://example.com', ContactLanguage: 'EN', UseCaseDescription: 'Receipts.', AdditionalContacts: ['ops@example.com'] };
  const create = (properties: object = REQUEST) => cloudFormation.request(handler, 'Create', { resourceType: ACCESS, properties }) as Promise<Answer>;
  const puts = () => ses.calls.filter(call => call === 'PutAccountDetails').length;

  test('is asked for once, in the words of SES, and not waited for', async () => {
    expect(await create()).toMatchObject({ Status: 'SUCCESS', Data: { Status: 'PENDING' } });
    expect(ses.details).toEqual({
      MailType: 'TRANSACTIONAL',
      WebsiteURL: 'https://example.com',
      ContactLanguage: 'EN',
      UseCaseDescription: 'Receipts.',
      AdditionalContactEmailAddresses: ['ops@example.com'],
      ProductionAccessEnabled: true,
    });
  });

  test.each([
    ['that there is already is not asked for', () => { ses.productionAccess = true; }, 'GRANTED'],
    ['that is under review is not asked for again', () => { ses.review = { Status: 'PENDING' }; }, 'PENDING'],
    ['that was denied is not asked for again; the support case is named', () => { ses.review = { Status: 'DENIED', CaseId: '42' }; }, 'DENIED (support case 42)'],
  ])('%s', async (_, given, status) => {
    given();
    expect(await create()).toMatchObject({ Status: 'SUCCESS', Data: { Status: status } });
    expect(puts()).toBe(0);
  });

  test('that somebody else asks for at the same time is pending', async () => {
    ses.refuseNext(1, new Refusal(409, 'ConflictException', 'under review'), 'PutAccountDetails');
    expect(await create()).toMatchObject({ Status: 'SUCCESS', Data: { Status: 'PENDING' } });
  });

  test('is asked for again when the first request failed at AWS', async () => {
    ses.review = { Status: 'FAILED' };
    await create();
    expect(puts()).toBe(1);
  });

  test('tells on an update how it stands now', async () => {
    const { PhysicalResourceId } = await create();
    ses.productionAccess = true;
    const changed = { ...REQUEST, UseCaseDescription: 'Receipts and alerts.' };
    const answer = await cloudFormation.request(handler, 'Update', { resourceType: ACCESS, properties: changed, old: REQUEST, physicalId: PhysicalResourceId });
    expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Status: 'GRANTED' } });
    expect(puts()).toBe(1);
  });

  test('stays when the resource goes, and nothing is asked after a request that failed', async () => {
    const { PhysicalResourceId } = await create();
    const calls = ses.calls.length;
    for (const physicalId of [PhysicalResourceId, 'cdk-postmaster:create-failed']) {
      expect(await cloudFormation.request(handler, 'Delete', { resourceType: ACCESS, properties: REQUEST, physicalId })).toMatchObject({ Status: 'SUCCESS' });
    }
    expect(ses.calls).toHaveLength(calls);
  });

  test('is never replaced by another request: its ID tells how it stands, and the Delete of an ID asks nothing', async () => {
    const { PhysicalResourceId: physicalId } = await create();
    ses.productionAccess = true;
    const other = { ...REQUEST, MailType: 'MARKETING', WebsiteUrl: 'https://example.org' };
    expect(await cloudFormation.request(handler, 'Update', { resourceType: ACCESS, properties: other, old: REQUEST, physicalId })).toMatchObject({ PhysicalResourceId: 'production-access:GRANTED' });
    expect(await cloudFormation.request(handler, 'Delete', { resourceType: ACCESS, properties: REQUEST, physicalId })).toMatchObject({ Status: 'SUCCESS' });
    expect(puts()).toBe(1);
    expect(ses.productionAccess).toBe(true);
  });

  test('that is asked for by a request which comes again, to another process, is asked for once', async () => {
    await create();
    ses.review = { Status: 'PENDING' };
    expect(await cloudFormation.request(process_(), 'Create', { resourceType: ACCESS, properties: REQUEST })).toMatchObject({ Status: 'SUCCESS', Data: { Status: 'PENDING' } });
    expect(puts()).toBe(1);
  });

  test('that cannot be asked for while SES throttles is asked for a little later', async () => {
    ses.refuseNext(4, THROTTLED);
    expect(await create()).toMatchObject({ Status: 'SUCCESS', Data: { Status: 'PENDING' } });
  });

  test('whose request arrives while its answer is lost is under review, and pending', async () => {
    let isLost = false;
    ses.breaks = () => {
      if (isLost || ses.calls.at(-1) !== 'PutAccountDetails') return undefined;
      isLost = true;
      ses.refuseNext(1, new Refusal(409, 'ConflictException', 'under review'), 'PutAccountDetails');
      return { how: 'reset', when: 'after' };
    };
    expect(await create()).toMatchObject({ Status: 'SUCCESS', Data: { Status: 'PENDING' } });
  });

  test('that SES does not take fails with its words', async () => {
    expect(await create({ ...REQUEST, MailType: 'PROMOTIONAL' })).toMatchObject({ Status: 'FAILED', Reason: 'MailType' });
  });
});
