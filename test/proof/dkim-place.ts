/*
 * Where a key is rotated: fakes of the services, a clock, DNS on loopback as receivers see it through their caches, and a program that sends all the while.
 */
import { Resolver } from 'node:dns/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { dkimSign, dkimVerify } from 'mailauth';
import type { ZoneAccess } from '../../src/dns/route53-in-account-constants';
import { PATIENT } from '../../src/private/patience.lambda-shared';
import type { RotationSettings } from '../../src/proof/dkim-key-constants';
import type { KeyState } from '../../src/proof/dkim-key-secret.lambda-shared';
import { rotate } from '../../src/proof/dkim-rotation.lambda-shared';
import { DnsServer, type ZoneRecord } from '../support/dns-server';
import { FakeRoute53 } from '../support/fake-route53';
import { FakeSecretsManager } from '../support/fake-secrets-manager';
import type { Breakage } from '../support/fake-service';
import { FakeSesDkim } from '../support/fake-ses-dkim';
import { FAKE_SECRET, FakeSts } from '../support/fake-sts';
import type { Access } from '../support/session-policy';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-abcdef';
export const TTL = 1800;

/** For how long a resolver remembers, by Route 53's SOA record, that there was nothing. */
const NEGATIVE_TTL = 900;

/** How many times as fast the SDK waits between attempts. */
const SPEED = 200;

const OWN_KEY = 'AKIAFAKE';

/** The two ways to a zone. */
export const ZONES: Record<'another account' | 'this account', ZoneAccess> = {
  'another account': { HostedZoneId: 'ZONE', RoleArn: 'arn:aws:iam::222222222222:role/dns' },
  'this account': { HostedZoneId: 'ZONE' },
};

export const SIGNING = { SecretArn: SECRET, Identity: 'example.com', Zone: ZONES['another account'], Ttl: String(TTL) };
export const SETTINGS: RotationSettings = { ...SIGNING, SelectorPrefix: 'ses', EveryDays: 30, KeepDays: 14 };

/** Which call breaks, counted from when it is said, and whether all that come after it do until the run is over. */
export interface Outage extends Breakage {
  readonly call: number;
  readonly lasts: boolean;
}

/** A resolver that keeps what it was told, and that there was nothing, as long as it may. */
export class CachingResolver {
  private readonly kept = new Map<string, { until: number; texts: string[][] }>();

  public constructor(private readonly ask: (name: string) => Promise<string[][]>) {}

  public async resolveTxt(name: string): Promise<string[][]> {
    let known = this.kept.get(name);
    if (!known || known.until <= Date.now()) {
      const texts = await this.ask(name);
      this.kept.set(name, known = { texts, until: Date.now() + (texts.length > 0 ? TTL : NEGATIVE_TTL) * 1000 });
    }
    if (known.texts.length === 0) throw Object.assign(new Error(`queryTxt ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
    return known.texts;
  }
}

export class DkimPlace {
  public readonly sts = new FakeSts();
  public readonly route53 = new FakeRoute53(this.sts);
  public readonly secrets = new FakeSecretsManager();
  public readonly ses = new FakeSesDkim('example.com', 'news.example.com');
  public now = 0;

  /** The way to the zone. */
  public zone = ZONES['another account'];

  /** What the function that rotates asks. */
  public resolver!: Pick<CachingResolver, 'resolveTxt'>;

  private readonly all = [this.sts, this.route53, this.secrets, this.ses];
  private readonly dns = new DnsServer({ zones: ['example.com'], records: [] });
  private readonly wire = new Resolver({ timeout: 2000, tries: 3 });
  private readonly sent: { raw: string; at: number; selector: string }[] = [];
  private receivers: CachingResolver[] = [];
  private outage?: Outage;
  private calls = 0;
  private isBroken = false;

  public async start(): Promise<void> {
    await Promise.all([...this.all, this.dns].map(service => service.start()));
    this.wire.setServers([this.dns.address]);
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: OWN_KEY,
      AWS_SECRET_ACCESS_KEY: FAKE_SECRET,
      AWS_ENDPOINT_URL_STS: this.sts.endpoint,
      AWS_ENDPOINT_URL_ROUTE_53: this.route53.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.secrets.endpoint,
      AWS_ENDPOINT_URL_SESV2: this.ses.endpoint,
    });
  }

  public async stop(): Promise<void> {
    await Promise.all([...this.all, this.dns].map(service => service.stop()));
  }

  public reset(zone = ZONES['another account']): void {
    this.all.forEach(service => service.reset());
    this.zone = zone;
    this.now = Date.parse('2026-03-01T00:00:00Z');
    jest.spyOn(Date, 'now').mockImplementation(() => this.now);
    this.route53.putZone('ZONE', 'example.com');
    this.route53.ownKey = zone.RoleArn === undefined ? OWN_KEY : undefined;
    this.secrets.addSecret(SECRET);
    this.ses.isPublic = (name, text) => this.texts().some(record => record.name === `${name}.` && record.text === text);
    this.all.forEach(service => { service.breaks = () => this.breakage(); });
    this.resolver = this.newResolver();
    this.receivers = [this.newResolver()];
    this.sent.length = 0;
    this.break(undefined);
  }

  public get state(): KeyState {
    return JSON.parse(this.secrets.valueOf(SECRET)!) as KeyState;
  }

  /** The selectors whose records are in DNS. */
  public get selectors(): string[] {
    return this.route53.lines('ZONE').map(line => line.split('.')[0]);
  }

  /** All that IAM was asked about the function, once each. */
  public get accesses(): Access[] {
    return [...new Map(this.all.flatMap(({ accesses }) => accesses).map(access => [JSON.stringify(access), access])).values()];
  }

  /** How many calls there were since the last outage was planned. */
  public get made(): number {
    return this.calls;
  }

  /** Lets a call break, in the run in which it comes. */
  public break(outage: Outage | undefined): void {
    this.outage = outage;
    this.calls = 0;
    this.isBroken = false;
  }

  /** One run of the schedule, with clients that repeat what fails as those of the function do. */
  public async run(): Promise<void> {
    const services = { secrets: new SecretsManagerClient(PATIENT), ses: new SESv2Client(PATIENT), resolver: this.resolver };
    const realTimer = setTimeout;
    const soon = (callback: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => realTimer(callback, ms / SPEED, ...given);
    const hurried = jest.spyOn(globalThis, 'setTimeout').mockImplementation(soon as typeof setTimeout);
    try {
      await rotate({ ...SETTINGS, Zone: this.zone }, services, AbortSignal.timeout(60_000));
    } finally {
      hurried.mockRestore();
      if (this.isBroken) this.outage = undefined;
      this.isBroken = false;
    }
  }

  /** Lets time pass: at each step there is a run, a message is sent, and receivers verify it and those before that are not too old. Returns what runs have thrown. */
  public async live(ms: number, { step = 30 * MINUTE, keepDays = 14 } = {}): Promise<string[]> {
    const errors: string[] = [];
    for (const end = this.now + ms; this.now < end; this.now += step) {
      await this.run().catch((error: Error) => errors.push(error.message));
      await this.send();
      await this.verifyAll(keepDays);
    }
    return errors;
  }

  /** Lets days pass in which little happens. */
  public idle(days: number, keepDays?: number): Promise<string[]> {
    return this.live(days * DAY, { step: 8 * HOUR, keepDays });
  }

  public async send(): Promise<void> {
    const { selector, privateKeyPem } = this.ses.key!;
    const signature = { signingDomain: 'example.com', selector, privateKey: privateKeyPem };
    const message = 'Subject: Hello\r\nDate: Sun, 01 Mar 2026 00:00:00 +0000\r\nTo: reader@receiver.example\r\nMessage-ID: <1@example.com>\r\nFrom: post@example.com\r\n\r\nHello.\r\n';
    const { signatures, errors } = await dkimSign(message, { ...signature, algorithm: 'rsa-sha256', canonicalization: 'relaxed/simple', signTime: new Date(this.now), signatureData: [signature] });
    expect(errors).toEqual([]);
    this.sent.push({ raw: signatures + message, at: this.now, selector });
  }

  /** Each receiver verifies a message of each key, the newest and the oldest that may still arrive. */
  public async verifyAll(keepDays: number): Promise<void> {
    const alive = this.sent.filter(({ at }) => this.now - at <= keepDays * DAY);
    const chosen = [...new Set(alive.map(({ selector }) => selector))].flatMap(selector => {
      const ofKey = alive.filter(one => one.selector === selector);
      return [ofKey[0], ofKey[ofKey.length - 1]];
    });
    for (const resolver of [...this.receivers, this.newResolver()]) {
      for (const { raw, selector } of new Set(chosen)) {
        const { results } = await dkimVerify(raw, { resolver: async (name: string) => resolver.resolveTxt(name) } as never);
        const verdict = `${new Date(this.now).toISOString()} ${selector} ${results[0]?.status.result}`;
        expect(verdict).toBe(`${new Date(this.now).toISOString()} ${selector} pass`);
      }
    }
  }

  /** A resolver that has asked nothing yet. It asks the DNS server, which has what the zone has by then. */
  public newResolver(): CachingResolver {
    return new CachingResolver(async name => {
      this.dns.replaceRecords(this.texts().map(({ name: at, strings }): ZoneRecord => ({ name: at, type: 'TXT', ttl: TTL, data: strings.map(text => Buffer.from(text)) })));
      return this.wire.resolveTxt(name).catch((error: NodeJS.ErrnoException) => {
        if (['ENOTFOUND', 'ENODATA'].includes(error.code!)) return [];
        throw error;
      });
    });
  }

  private texts(): { name: string; text: string; strings: string[] }[] {
    return this.route53.lines('ZONE').map(line => {
      const [, name, value] = /^(\S+) \d+ TXT (.*)$/.exec(line)!;
      const strings = [...value.matchAll(/"([^"]*)"/g)].map(([, text]) => text);
      return { name, text: strings.join(''), strings };
    });
  }

  private breakage(): Breakage | undefined {
    this.calls++;
    if (this.outage === undefined || this.calls < this.outage.call) return undefined;
    const isFirst = !this.isBroken;
    this.isBroken = true;
    if (isFirst) return this.outage;
    return this.outage.lasts ? { ...this.outage, when: 'before' } : undefined;
  }
}
