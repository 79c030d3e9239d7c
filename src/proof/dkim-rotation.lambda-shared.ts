/*
 * The rotation of a DKIM key. Each run takes the next step and writes into the secret where it is before it does anything outside, so that a run which is cut off, or
 * comes twice, is gone on with:
 *
 *   publishing   -> the record of the new key is in DNS, and found there for longer than resolvers remember that there was none
 *   switching    -> SES is told to sign with the new key, and says that it does
 *   (done)       -> the record of the old key stays for some days, for mail that is on its way
 *   rolling back -> SES did not take the new key: it signs with the old one again, whose record never left; that of the new one stays for some days too
 */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { DKIM_KEY_AGE, DKIM_KEY_DIMENSION, type RotationSettings } from './dkim-key-constants';
import { type KeyState, makeKey, type NextKey, Phase, type PublishedKey, readState, writeState } from './dkim-key-secret.lambda-shared';
import { isPublic, isToldToSign, lookAt, publish, sign, unpublish } from './dkim-signing.lambda-shared';
import type { Resolver } from '../identity/identity-records.lambda-shared';
import { log } from '../private/custom-resource.lambda-shared';
import { publishMetrics } from '../private/embedded-metrics.lambda-shared';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** For how long a record has to be found before SES signs: resolvers remember for up to so long, by Route 53's own SOA record, that there was none. */
const SETTLED_MS = HOUR;

/** When a step is given up. */
const PUBLISHING_MS = DAY;
const SWITCHING_MS = 6 * HOUR;

/** After a failure a new key is tried no sooner. */
const REST_MS = DAY;

/** What a rotation works with. */
export interface RotationServices {
  readonly secrets: SecretsManagerClient;
  readonly ses: SESv2Client;
  readonly resolver: Pick<Resolver, 'resolveTxt'>;
}

/** One run. Throws when a new key had to be given up. */
export async function rotate(settings: RotationSettings, services: RotationServices, signal: AbortSignal): Promise<void> {
  await new Rotation(settings, services, signal).run();
}

class Rotation {
  private state!: KeyState;

  public constructor(
    private readonly settings: RotationSettings, private readonly services: RotationServices, private readonly signal: AbortSignal,
  ) {}

  public async run(): Promise<void> {
    const state = await readState(this.services.secrets, this.settings.SecretArn);
    if (!state) throw new Error(`the secret ${this.settings.SecretArn} is empty; deploy the stack again`);
    this.state = state;
    const age = (Date.now() - Date.parse(state.created)) / DAY;
    const details = { selector: state.selector, phase: state.next?.phase };
    publishMetrics({ [DKIM_KEY_DIMENSION]: this.settings.Identity }, [{ metrics: { [DKIM_KEY_AGE]: [age, 'None'] } }], details);
    await this.removeDue();
    // signed mail needs it, whoever has taken it away
    await publish(this.settings, this.state, this.signal);
    if (this.state.next) return this.advance(this.state.next);
    // a run that comes twice at a time may make two keys; the one that stays in the secret is published by the next run
    if (age < this.settings.EveryDays || isAhead(state.notBefore)) return;
    await this.save({ next: this.entering(Phase.PUBLISHING, await makeKey(this.settings.SelectorPrefix)) });
  }

  private async advance(next: NextKey): Promise<void> {
    switch (next.phase) {
      case Phase.PUBLISHING: return this.publishNext(next);
      case Phase.SWITCHING: return this.switchTo(next);
      case Phase.ROLLING_BACK: return this.rollBack(next);
    }
  }

  private async publishNext(next: NextKey): Promise<void> {
    await publish(this.settings, next, this.signal);
    const found = await isPublic(this.settings, next, this.services.resolver);
    if (!found && since(next.since) > PUBLISHING_MS) return this.giveUp(next, `its record is not found in public DNS; see which name servers the registrar delegates ${this.settings.Identity} to`);
    if (found !== (next.seen !== undefined)) return this.save({ next: { ...next, seen: found ? now() : undefined } });
    if (next.seen === undefined || since(next.seen) < SETTLED_MS) return;
    const switching = this.entering(Phase.SWITCHING, next);
    await this.save({ next: switching });
    await this.switchTo(switching);
  }

  private async switchTo(next: NextKey): Promise<void> {
    const { ses } = this.services;
    if (!isToldToSign(await lookAt(this.settings, ses), next)) {
      // somebody may have taken the record away meanwhile
      if (!await isPublic(this.settings, next, this.services.resolver)) return this.save({ next: this.entering(Phase.PUBLISHING, next) });
      await sign(this.settings, next, ses);
    }
    const identity = await lookAt(this.settings, ses);
    const status = identity.DkimAttributes?.Status;
    if (isToldToSign(identity, next) && status === 'SUCCESS') return this.finish(next);
    if (status !== 'FAILED' && since(next.since) <= SWITCHING_MS) return;
    log('SES does not take the new key', { selector: next.selector, status });
    const back = this.entering(Phase.ROLLING_BACK, next);
    await this.save({ next: back });
    await this.rollBack(back);
  }

  private async finish(next: NextKey): Promise<void> {
    const { selector, publicKey, privateKey, created } = next;
    await this.save({ selector, publicKey, privateKey, created, next: undefined, notBefore: undefined, ...this.retiring(this.state) });
    log('rotated', { identity: this.settings.Identity, selector });
  }

  /** The old key first: nothing of the new one is taken away as long as mail may be signed with it. */
  private async rollBack(next: NextKey): Promise<void> {
    if (!isToldToSign(await lookAt(this.settings, this.services.ses), this.state)) await sign(this.settings, this.state, this.services.ses);
    await this.giveUp(next, `SES did not find it; SES signs with ${this.state.selector} as before`);
  }

  private async giveUp(next: NextKey, why: string): Promise<never> {
    await this.save({ next: undefined, notBefore: new Date(Date.now() + REST_MS).toISOString(), ...this.retiring(next) });
    throw new Error(`the new DKIM key ${next.selector} of ${this.settings.Identity} was given up: ${why}. Another one is made in a day`);
  }

  private retiring({ selector, publicKey }: PublishedKey): Pick<KeyState, 'retired'> {
    const removeAfter = new Date(Date.now() + this.settings.KeepDays * DAY).toISOString();
    return { retired: [...this.state.retired ?? [], { selector, publicKey, removeAfter }] };
  }

  private async removeDue(): Promise<void> {
    for (const key of this.state.retired ?? []) {
      if (isAhead(key.removeAfter)) continue;
      await unpublish(this.settings, key, this.signal);
      await this.save({ retired: this.state.retired!.filter(other => other !== key) });
    }
  }

  private entering(phase: Phase, { selector, publicKey, privateKey, created }: Omit<NextKey, 'phase' | 'since'>): NextKey {
    return { selector, publicKey, privateKey, created, phase, since: now() };
  }

  private async save(change: Partial<KeyState>): Promise<void> {
    // Secrets Manager ignores content that it has had before
    this.state = { ...this.state, ...change, revision: (this.state.revision ?? 0) + 1 };
    await writeState(this.services.secrets, this.settings.SecretArn, this.state);
  }
}

function now(): string {
  return new Date(Date.now()).toISOString();
}

function since(time: string): number {
  return Date.now() - Date.parse(time);
}

function isAhead(time?: string): boolean {
  return time !== undefined && Date.parse(time) > Date.now();
}
