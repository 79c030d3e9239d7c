/* Each call to AWS breaks in turn, under a program that sends: every message verifies, and the rotation ends, or is taken back. */
import { DkimPlace, HOUR, MINUTE, type Outage, SECRET, SIGNING, ZONES, DAY } from './dkim-place';
import { DKIM_KEY_RESOURCE_TYPE, DKIM_SIGNING_RESOURCE_TYPE } from '../../src/proof/dkim-key-constants';
import { handler } from '../../src/proof/dkim-key.lambda';
import { FakeCloudFormation } from '../support/fake-cloudformation';
import { captureMetrics } from '../support/metric-log';

// many keys are made, which takes a busy machine a while
jest.setTimeout(120_000);

const place = new DkimPlace();
const cloudFormation = new FakeCloudFormation();
let old: string;

beforeAll(async () => { await Promise.all([place.start(), cloudFormation.start()]); });
afterAll(async () => { await Promise.all([place.stop(), cloudFormation.stop()]); });
afterEach(() => jest.restoreAllMocks());

/** A key that is due to be replaced. */
async function begin(zone: keyof typeof ZONES): Promise<void> {
  jest.restoreAllMocks();
  jest.spyOn(console, 'log').mockImplementation();
  captureMetrics();
  place.reset(ZONES[zone]);
  await cloudFormation.request(handler, 'Create', { properties: { SecretArn: SECRET, SelectorPrefix: 'ses' }, resourceType: DKIM_KEY_RESOURCE_TYPE });
  await cloudFormation.request(handler, 'Create', { properties: { ...SIGNING, Zone: ZONES[zone] }, resourceType: DKIM_SIGNING_RESOURCE_TYPE });
  await place.live(30 * MINUTE);
  old = place.state.selector;
  place.now += 30 * DAY;
}

/** The new key signs, or would: SES finds it, or says that it failed. */
async function rotateAll(outage: Outage | undefined, fails: boolean): Promise<string[]> {
  place.break(outage);
  const errors: string[] = [];
  for (let half = 0; half < 7; half++) {
    if (fails && place.state.next) place.ses.states.set(place.state.next.selector, 'FAILED');
    errors.push(...await place.live(30 * MINUTE));
  }
  place.now += 15 * DAY;
  errors.push(...await place.live(HOUR, { keepDays: 13 }));
  return errors;
}

/** What there is in the end: one key, which signs, and whose record alone is left. */
function expectEnd(fails: boolean): void {
  const { selector, next, retired = [] } = place.state;
  expect(place.ses.key?.selector).toBe(selector);
  expect(selector === old).toBe(fails);
  // after a day of rest another key is on its way
  const coming = next && next.phase === 'publishing' ? [next.selector] : [];
  expect(retired).toEqual([]);
  expect(place.selectors.filter(one => !coming.includes(one))).toEqual([selector]);
}

const WAYS: [string, Omit<Outage, 'call'>][] = [
  ['is not carried out, once', { how: '500', when: 'before', lasts: false }],
  ['is carried out, and its answer is lost', { how: 'reset', when: 'after', lasts: false }],
  ['is the first of an outage', { how: 'reset', when: 'before', lasts: true }],
  ['is carried out as the last before an outage', { how: '500', when: 'after', lasts: true }],
];

describe.each(Object.keys(ZONES) as (keyof typeof ZONES)[])('with a zone of %s', zone => {
  describe.each([[false, 'is replaced'], [true, 'is taken back, since SES does not take it']])('a key %#', (fails, what) => {
    test.each(WAYS)(`${what}: whichever call %s`, async (_, way) => {
      await begin(zone);
      const undisturbed = await rotateAll(undefined, fails);
      expect(undisturbed).toHaveLength(fails ? 1 : 0);
      expectEnd(fails);
      const calls = place.made;
      expect(calls).toBeGreaterThan(20);
      for (let call = 1; call <= calls; call++) {
        await begin(zone);
        await rotateAll({ ...way, call }, fails);
        expectEnd(fails);
      }
    });
  });
});
