/*
 * Rotates SMTP credentials, as Secrets Manager asks for it, in four steps. A user has two keys at most: the one in use, and the one before it, which stays valid
 * until the next rotation for programs that have not read the secret again.
 *
 * createSecret: deletes the key before the one in use, makes a new one, and stores its password as the pending version.
 * setSecret: nothing, since the key is valid by being made.
 * testSecret: logs in by SMTP with the pending version, until SES knows the key: it takes some seconds, in which a program would be turned away.
 * finishSecret: makes the pending version the current one.
 *
 * Each step may come twice. Whatever fails, the credentials in use stay valid.
 */
import { AccessKeys } from './access-keys.lambda-shared';
import { smtpLogin } from './smtp-login.lambda-shared';
import { SmtpSecret, type StoredSettings } from './smtp-secret.lambda-shared';
import { smtpSettings } from './smtp-settings';
import { log, retry } from '../private/custom-resource.lambda-shared';
import { SesRegion } from '../ses/region';
import { SmtpPort } from '../ses/smtp-port';

/** How long SES may take to know a new key. */
const PATIENCE_SECONDS = 150;

/** What Secrets Manager hands over. */
interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

/** One rotation. */
interface Rotation {
  readonly secret: SmtpSecret;
  /** The ID of the version that waits to become the current one. */
  readonly pendingId: string;
}

/** Logs in by SMTP, or fails. Replaced in tests, in which SES is a server of their own. */
type Login = typeof smtpLogin;

export const handler = rotation();

export function rotation(login: Login = smtpLogin) {
  const steps: Record<string, (rotation: Rotation) => Promise<void>> = {
    createSecret,
    setSecret: async () => {},
    testSecret: ({ secret, pendingId }) => testSecret(login, secret, pendingId),
    finishSecret,
  };
  return async ({ Step, SecretId, ClientRequestToken: pendingId }: RotationEvent): Promise<void> => {
    const secret = new SmtpSecret(SecretId);
    const step = steps[Step];
    if (!step) throw new Error(`${Step} is no step of a rotation`);
    const stages = await secret.stagesOf(pendingId);
    if (!stages) throw new Error(`the secret has no version ${pendingId}, which is to be rotated in; start the rotation again`);
    if (stages.includes('AWSCURRENT')) return;
    if (!stages.includes('AWSPENDING')) throw new Error(`the version ${pendingId} of the secret does not wait to be rotated in; start the rotation again`);
    await step({ secret, pendingId });
  };
}

async function createSecret({ secret, pendingId }: Rotation): Promise<void> {
  const current = await currentOf(secret);
  const keys = new AccessKeys(current.iamUser);
  const held = await keys.list();
  const pending = await secret.read('AWSPENDING', pendingId);
  if (pending && held.includes(pending.settings.username) && pending.settings.region === current.region) return;
  if (pending) await giveUp(secret, pendingId);
  for (const key of held.filter(each => each !== current.username)) await keys.delete(key);
  await makePending(keys, current, secret, pendingId);
}

async function currentOf(secret: SmtpSecret): Promise<StoredSettings> {
  const current = await secret.read('AWSCURRENT');
  if (!current) throw new Error('the secret does not hold SMTP settings as the stack has stored them; make the version before the current one again');
  return current.settings;
}

/** The value of a version cannot be changed. Without its label, the next rotation begins with another one. */
async function giveUp(secret: SmtpSecret, pendingId: string): Promise<never> {
  await secret.move('AWSPENDING', { off: pendingId });
  throw new Error('the pending version is of a key that is gone, or for another Region, so it was given up; start the rotation again');
}

async function makePending(keys: AccessKeys, current: StoredSettings, secret: SmtpSecret, pendingId: string): Promise<void> {
  const key = await keys.create();
  try {
    await secret.put({ ...current, ...smtpSettings({ ...key, ...current }) }, pendingId);
  } catch (error) {
    await keys.delete(key.accessKeyId);
    throw error;
  }
}

/** When a rotation is configured, Secrets Manager tries this step alone, with what is current or with nothing. */
async function testSecret(login: Login, secret: SmtpSecret, pendingId: string): Promise<void> {
  const settings = (await secret.read('AWSPENDING', pendingId))?.settings ?? await currentOf(secret);
  const server = { host: SesRegion.of(settings.region).smtpEndpoint, port: SmtpPort.TLS_465.portNumber };
  await retry(() => login(settings, server), () => true, PATIENCE_SECONDS, 1_000).catch((error: Error) => {
    throw new Error(`the key ${settings.username} cannot log in by SMTP: ${error.message}. Nothing has changed for programs; the credentials in use stay valid`);
  });
}

async function finishSecret({ secret, pendingId }: Rotation): Promise<void> {
  const before = await secret.read('AWSCURRENT');
  await secret.move('AWSCURRENT', { to: pendingId, off: before?.versionId });
  log('rotated', { user: before?.settings.iamUser, before: before?.settings.username });
}
