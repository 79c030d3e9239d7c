/*
 * Where a key is rotated: fakes of the services, a clock, DNS as receivers see it through their caches, and a program that sends all the while.
 */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { dkimSign, dkimVerify } from 'mailauth';
import type { RotationSettings } from '../../src/proof/dkim-key-constants';
import type { KeyState } from '../../src/proof/dkim-key-secret.lambda-shared';
import { rotate } from '../../src/proof/dkim-rotation.lambda-shared';
import { FakeRoute53 } from '../support/fake-route53';
import { FakeSecretsManager } from '../support/fake-secrets-manager';
import { FakeSesDkim } from '../support/fake-ses-dkim';
import { FAKE_SECRET, FakeSts } from '../support/fake-sts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-abcdef';
export const TTL = 1800;

/** For how long a resolver remembers, by Route 53's SOA record, that there was nothing. */
const NEGATIVE_TTL = 900;

export const SIGNING = { SecretArn: SECRET, Identity: 'example.com', Zone: { HostedZoneId: 'ZONE', RoleArn: 'arn:aws:iam::222222222222:role/dns' }, Ttl: String(TTL) };
export const SETTINGS: RotationSettings = { ...SIGNING, SelectorPrefix: 'ses', EveryDays: 30, KeepDays: 14 };

interface Client { send(command: unknown): Promise<unknown> }

/** A resolver that keeps what it was told, and that there was nothing, as long as it may. */
export class CachingResolver {
  private readonly kept = new Map<string, { until: number; texts: string[] }>();

  public constructor(private readonly route53: FakeRoute53) {}

  public async resolveTxt(name: string): Promise<string[][]> {
    let known = this.kept.get(name);
    if (!known || known.until <= Date.now()) {
      const texts = textsOf(this.route53, name);
      this.kept.set(name, known = { texts, until: Date.now() + (texts.length > 0 ? TTL : NEGATIVE_TTL) * 1000 });
    }
    if (known.texts.length === 0) throw Object.assign(new Error(`queryTxt ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
    return known.texts.map(text => [text]);
  }
}

function textsOf(route53: FakeRoute53, name: string): string[] {
  return route53.lines('ZONE').map(line => /^(\S+)\. \d+ TXT (.*)$/.exec(line)!).filter(([, at]) => at === name)
    .map(([, , value]) => value.replace(/" "/g, '').replace(/"/g, ''));
}

export class DkimPlace {
  public readonly sts = new FakeSts();
  public readonly route53 = new FakeRoute53(this.sts);
  public readonly secrets = new FakeSecretsManager();
  public readonly ses = new FakeSesDkim('example.com');
  public now = 0;

  /** Cuts a run off at a call, before it is carried out or before its answer arrives. */
  public crash?: { at: number; when: 'before' | 'after' };
  public calls = 0;

  private readonly all = [this.sts, this.route53, this.secrets, this.ses];
  private readonly sent: { raw: string; at: number; selector: string }[] = [];
  private receivers: CachingResolver[] = [];

  /** What the function that rotates asks. */
  public resolver!: Pick<CachingResolver, 'resolveTxt'>;

  public async start(): Promise<void> {
    await Promise.all(this.all.map(service => service.start()));
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAFAKE',
      AWS_SECRET_ACCESS_KEY: FAKE_SECRET,
      AWS_ENDPOINT_URL_STS: this.sts.endpoint,
      AWS_ENDPOINT_URL_ROUTE_53: this.route53.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.secrets.endpoint,
      AWS_ENDPOINT_URL_SESV2: this.ses.endpoint,
    });
  }

  public async stop(): Promise<void> {
    await Promise.all(this.all.map(service => service.stop()));
  }

  public reset(): void {
    this.all.forEach(service => service.reset());
    this.now = Date.parse('2026-03-01T00:00:00Z');
    jest.spyOn(Date, 'now').mockImplementation(() => this.now);
    this.route53.putZone('ZONE', 'example.com');
    this.secrets.addSecret(SECRET);
    this.ses.isPublic = (name, text) => textsOf(this.route53, name).includes(text);
    this.resolver = new CachingResolver(this.route53);
    this.receivers = [new CachingResolver(this.route53), new CachingResolver(this.route53)];
    this.sent.length = 0;
    this.crash = undefined;
    this.calls = 0;
  }

  public get state(): KeyState {
    return JSON.parse(this.secrets.valueOf(SECRET)!) as KeyState;
  }

  /** The selectors whose records are in DNS. */
  public get selectors(): string[] {
    return this.route53.lines('ZONE').map(line => line.split('.')[0]);
  }

  /** One run of the schedule. */
  public async run(): Promise<void> {
    this.calls = 0;
    const secrets = new SecretsManagerClient({ maxAttempts: 1 });
    const ses = new SESv2Client({ maxAttempts: 1 });
    await rotate(SETTINGS, { secrets: this.fragile(secrets), ses: this.fragile(ses), resolver: this.resolver }, AbortSignal.timeout(60_000));
  }

  /** Lets time pass: each half hour there is a run, a message is sent, and receivers verify it and those before that are not too old. Returns what runs have thrown. */
  public async live(ms: number, keepDays = 14): Promise<string[]> {
    const errors: string[] = [];
    for (const end = this.now + ms; this.now < end; this.now += 30 * MINUTE) {
      await this.run().catch((error: Error) => errors.push(error.message));
      await this.send();
      await this.verifyAll(keepDays);
    }
    return errors;
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
    for (const resolver of [...this.receivers, new CachingResolver(this.route53)]) {
      for (const { raw, selector } of new Set(chosen)) {
        const { results } = await dkimVerify(raw, { resolver: async (name: string) => resolver.resolveTxt(name) } as never);
        const verdict = `${new Date(this.now).toISOString()} ${selector} ${results[0]?.status.result}`;
        expect(verdict).toBe(`${new Date(this.now).toISOString()} ${selector} pass`);
      }
    }
  }

  private fragile<T extends Client>(client: T): T {
    const send = client.send.bind(client);
    client.send = async (command: unknown) => {
      const dies = this.crash?.at === ++this.calls;
      if (dies && this.crash!.when === 'before') throw new Error('cut off');
      const answer = await send(command);
      if (dies) throw new Error('cut off');
      return answer;
    };
    return client;
  }
}
