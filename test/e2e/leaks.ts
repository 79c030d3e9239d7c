import assert from 'node:assert/strict';
import type { Cdk } from './cdk';
import type { Report } from './check';
import type { Emulator } from './emulator';

/** What came of looking for secrets where people can read. */
interface Leaks {
  /** How many secrets there were since the emulator started, also those that are gone. */
  readonly secrets: number;
  /** Where was looked: how many texts of each kind. */
  readonly places: Record<string, number>;
  /** Which kind of secret is where. */
  readonly leaks: string[];
}

/** Looks for all secrets that there have been: in templates, asset manifests, bundles, outputs, the terminal, events and logs. See stand_ins/canary.py. */
export async function findLeaks(emulator: Emulator, cdk: Cdk): Promise<Leaks> {
  return emulator.happens('leaks', { folders: [cdk.home] }) as unknown as Promise<Leaks>;
}

/** Ends a scenario: nothing secret of it got out. */
export async function expectNoLeak(report: Report, emulator: Emulator, cdk: Cdk) {
  const { secrets, places, leaks } = await findLeaks(emulator, cdk);
  const looked = Object.entries(places).map(([kind, count]) => `${count} x ${kind}`).join(', ') || 'nothing';
  await report.step(`none of ${secrets} keys and passwords is anywhere to be read (${looked})`, () => assert.deepEqual(leaks, []));
}
