import fc from 'fast-check';
import { keyOf, planChanges, type RecordPlan } from '../../src/dns/record-changes';
import type { RecordProperties } from '../../src/dns/route53-in-account-constants';

const txt = (name: string, ...values: string[]): RecordProperties => ({ Name: name, Type: 'TXT', TTL: '1800', Values: values.map(value => `"${value}"`) });

const SPF = txt('bounce.example.com.', 'v=spf1 include:amazonses.com ~all');
const DMARC = txt('_dmarc.example.com.', 'v=DMARC1;p=none');
const STRICTER = txt('_dmarc.example.com.', 'v=DMARC1;p=reject');
const FOREIGN = txt('_dmarc.example.com.', 'v=DMARC1;p=quarantine');

const NOTHING: RecordPlan = { changes: [], conflicts: [], left: [] };
const create = (record: RecordProperties) => ({ action: 'CREATE', record });
const remove = (record: RecordProperties) => ({ action: 'DELETE', record });

describe('a creation', () => {
  test('makes what is not there', () => {
    expect(planChanges(undefined, [SPF, DMARC], [])).toEqual({ ...NOTHING, changes: [create(SPF), create(DMARC)] });
  });

  test.each([['the same', DMARC], ['another', FOREIGN]])('is in conflict with a record set that has %s value', (_, held) => {
    expect(planChanges(undefined, [SPF, DMARC], [held])).toMatchObject({ conflicts: [held] });
  });
});

describe('an update', () => {
  test('changes only what differs, by taking the old values away in the same batch', () => {
    expect(planChanges([SPF, DMARC], [SPF, STRICTER], [SPF, DMARC])).toEqual({ ...NOTHING, changes: [remove(DMARC), create(STRICTER)] });
  });

  test('deletes what is no longer wanted, and nothing that somebody else has put there meanwhile', () => {
    expect(planChanges([SPF, DMARC], [SPF], [SPF, DMARC])).toEqual({ ...NOTHING, changes: [remove(DMARC)] });
    expect(planChanges([SPF, DMARC], [SPF], [SPF, FOREIGN])).toEqual({ ...NOTHING, left: [FOREIGN] });
  });

  test('is in conflict with what somebody has changed of that which it is to change', () => {
    expect(planChanges([SPF, DMARC], [SPF, STRICTER], [SPF, FOREIGN])).toEqual({ ...NOTHING, conflicts: [FOREIGN] });
  });

  test('is in conflict with a foreign record set where it wants a new one', () => {
    expect(planChanges([SPF], [SPF, DMARC], [SPF, FOREIGN])).toEqual({ ...NOTHING, conflicts: [FOREIGN] });
  });

  test('leaves a change of somebody else alone when it is about something else', () => {
    expect(planChanges([SPF, DMARC], [DMARC], [SPF, FOREIGN])).toEqual({ ...NOTHING, changes: [remove(SPF)], left: [FOREIGN] });
  });

  test('makes again what somebody has deleted', () => {
    expect(planChanges([SPF, DMARC], [SPF, STRICTER], [SPF])).toEqual({ ...NOTHING, changes: [create(STRICTER)] });
    expect(planChanges([SPF, DMARC], [SPF, DMARC], [SPF])).toEqual({ ...NOTHING, changes: [create(DMARC)] });
  });

  test('frees a name before it is given to another type', () => {
    const alias = { Name: 'key._domainkey.example.com.', Type: 'CNAME', TTL: '1800', Values: ['key.dkim.amazonses.com'] };
    const key = txt('key._domainkey.example.com.', 'p=abc');
    expect(planChanges([alias], [key], [alias]).changes).toEqual([remove(alias), create(key)]);
  });
});

describe('a record set counts as unchanged', () => {
  const unchanged = (written: RecordProperties, held: RecordProperties) => expect(planChanges([written], [written], [held])).toEqual(NOTHING);

  test('whatever the case and the last dot of its name', () => unchanged(DMARC, { ...DMARC, Name: '_DMARC.example.com' }));
  test('whatever the order of its values', () => unchanged(txt('example.com.', 'one', 'two'), txt('example.com.', 'two', 'one')));
  test('whatever the last dot of a host name', () => {
    const mx = { Name: 'bounce.example.com.', Type: 'MX', TTL: '1800', Values: ['10 feedback-smtp.eu-west-1.amazonses.com'] };
    unchanged(mx, { ...mx, Values: [`${mx.Values[0]}.`] });
  });
  test('whatever the space between the strings of a long text', () => {
    unchanged({ ...DMARC, Values: ['"one" "two"'] }, { ...DMARC, Values: ['"one"   "two"'] });
  });
  test('but not with another TTL', () => expect(planChanges([DMARC], [STRICTER], [{ ...DMARC, TTL: '60' }]).conflicts).toHaveLength(1));
});

// a small world, so that names, types and values meet often
const record = fc.record({
  Name: fc.constantFrom('a.example.com.', 'b.example.com.', 'c.example.com.', 'example.com.'),
  Type: fc.constantFrom('TXT', 'MX'),
  TTL: fc.constantFrom('60', '1800'),
  Values: fc.uniqueArray(fc.constantFrom('"x"', '"y"', '"z"'), { minLength: 1 }),
});
const recordSets = fc.uniqueArray(record, { selector: keyOf });

/** What Route 53 does with a batch: it fails on an existing set to create, and on a set to delete that is not there with these values. */
function apply(zone: RecordProperties[], { changes }: RecordPlan): Map<string, RecordProperties> {
  const sets = bySet(zone);
  for (const { action, record: change } of changes) {
    const held = sets.get(keyOf(change));
    if (action === 'CREATE' ? held !== undefined : text(held) !== text(change)) throw new Error(`refused: ${action} ${keyOf(change)}`);
    if (action === 'CREATE') sets.set(keyOf(change), change);
    else sets.delete(keyOf(change));
  }
  return sets;
}

const bySet = (zone: RecordProperties[]) => new Map(zone.map(set => [keyOf(set), set]));
const text = (set?: RecordProperties) => set && `${set.TTL} ${[...set.Values].sort().join()}`;
const state = (zone: Map<string, RecordProperties>) => [...zone].map(([key, set]) => `${key} ${text(set)}`).sort();

describe('whatever was written, is wanted and is there', () => {
  test('the plan is one that Route 53 accepts, and brings about what is wanted, but for what it reports', () => {
    fc.assert(fc.property(fc.option(recordSets, { nil: undefined }), recordSets, recordSets, (before, wanted, actual) => {
      const plan = planChanges(before, wanted, actual);
      const after = apply(actual, plan);
      const spared = new Set([...plan.conflicts, ...plan.left].map(keyOf));
      const expected = bySet(actual);
      for (const set of [...before ?? [], ...wanted]) if (!spared.has(keyOf(set))) expected.delete(keyOf(set));
      for (const set of wanted) if (!spared.has(keyOf(set))) expected.set(keyOf(set), set);
      expect(state(after)).toEqual(state(expected));
    }));
  });

  test('nothing is deleted but what is there as it was written', () => {
    fc.assert(fc.property(fc.option(recordSets, { nil: undefined }), recordSets, recordSets, (before, wanted, actual) => {
      const ours = bySet(before ?? []);
      for (const { action, record: change } of planChanges(before, wanted, actual).changes) {
        if (action === 'DELETE') expect(text(change)).toBe(text(ours.get(keyOf(change))));
      }
    }));
  });

  test('a repeated update finds nothing to do, and reports the same', () => {
    fc.assert(fc.property(recordSets, recordSets, recordSets, (before, wanted, actual) => {
      const first = planChanges(before, wanted, actual);
      const second = planChanges(before, wanted, [...apply(actual, first).values()]);
      expect(second.changes).toEqual([]);
      expect(state(bySet(second.conflicts))).toEqual(state(bySet(first.conflicts)));
    }));
  });

  test('an update that is taken back restores the zone, whether it was done or not', () => {
    fc.assert(fc.property(recordSets, recordSets, recordSets, fc.boolean(), (before, wanted, others, done) => {
      const touched = new Set([...before, ...wanted].map(keyOf));
      const zone = [...before, ...others.filter(set => !touched.has(keyOf(set)))];
      const between = done ? [...apply(zone, planChanges(before, wanted, zone)).values()] : zone;
      const back = planChanges(wanted, before, between);
      expect(back.conflicts).toEqual([]);
      expect(state(apply(between, back))).toEqual(state(bySet(zone)));
    }));
  });

  test('what a creation makes, its deletion takes away', () => {
    fc.assert(fc.property(recordSets, recordSets, (wanted, others) => {
      const creation = planChanges(undefined, wanted, others);
      fc.pre(creation.conflicts.length === 0);
      const after = [...apply(others, creation).values()];
      expect(state(apply(after, planChanges(wanted, [], after)))).toEqual(state(bySet(others)));
    }));
  });
});
