/* Each call to AWS breaks in turn, under a program that sends: every message verifies, and the rotation ends, or is taken back. */
import { promisify } from 'node:util';
import { DkimPlace, HOUR, MINUTE, type Outage, SECRET, SIGNING, ZONES, DAY } from './dkim-place';
import { DKIM_KEY_RESOURCE_TYPE, DKIM_SIGNING_RESOURCE_TYPE } from '../../src/proof/dkim-key-constants';
import { handler } from '../../src/proof/dkim-key.lambda';
import { FakeCloudFormation } from '../support/fake-cloudformation';
import { captureMetrics } from '../support/metric-log';

jest.setTimeout(180_000);

const place = new DkimPlace();
const cloudFormation = new FakeCloudFormation();
let old: string;

/** The module itself, and not its exports, so that the function sees what is put in the place of one. */
const crypto = jest.requireActual<typeof import('node:crypto')>('node:crypto');

/** Real keys, made before: hundreds of rotations need one each, and a key takes a while. */
let keys: { publicKey: Buffer; privateKey: Buffer }[];

beforeAll(async () => {
  await Promise.all([place.start(), cloudFormation.start()]);
  const made = Array.from({ length: 5 }, () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }));
  keys = made.map(({ publicKey, privateKey }) => ({ publicKey: publicKey.export({ type: 'spki', format: 'der' }), privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }) }));
});
afterAll(async () => { await Promise.all([place.stop(), cloudFormation.stop()]); });
afterEach(() => jest.restoreAllMocks());

/** A key that is due to be replaced. */
async function begin(zone: keyof typeof ZONES): Promise<void> {
  jest.restoreAllMocks();
  jest.spyOn(console, 'log').mockImplementation();
  captureMetrics();
  let made = 0;
  Object.assign(jest.spyOn(crypto, 'generateKeyPair'), { [promisify.custom]: async () => keys[made++ % keys.length] });
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

const LOST: Omit<Outage, 'call'> = { how: 'reset', when: 'after', lasts: false };
/** The next call is the first of an outage, so that one is shown, too. */
const CUT_OFF: Omit<Outage, 'call'> = { how: 'reset', when: 'after', lasts: true };

interface Case { zone: keyof typeof ZONES; what: string; fails: boolean; how: string; way: Omit<Outage, 'call'> }

test.each<Case>([
  { zone: 'another account', what: 'is replaced', fails: false, how: 'is carried out, and its answer is lost', way: LOST },
  { zone: 'another account', what: 'stays, since SES does not take another', fails: true, how: 'is the last before an outage', way: CUT_OFF },
  { zone: 'this account', what: 'is replaced', fails: false, how: 'is the last before an outage', way: CUT_OFF },
])('with a zone of $zone, a key $what, whichever call $how', async ({ zone, fails, way }) => {
  await begin(zone);
  expect(await rotateAll(undefined, fails)).toHaveLength(fails ? 1 : 0);
  expectEnd(fails);
  const calls = place.made;
  expect(calls).toBeGreaterThan(20);
  for (let call = 1; call <= calls; call++) {
    await begin(zone);
    await rotateAll({ ...way, call }, fails);
    expectEnd(fails);
  }
});
