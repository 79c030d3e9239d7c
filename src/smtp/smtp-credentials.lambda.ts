/*
 * Makes the access key of an IAM user, computes the SMTP password from it, and puts what a mail program needs into a secret. Neither CloudFormation nor a log
 * ever sees the key or the password.
 *
 * The user was made by the same stack for this alone, so its keys are nobody else's. A key whose password is not in the secret is of no use to anyone, since
 * IAM shows a secret access key once: whoever finds such a key deletes it and makes another.
 *
 * Create: makes a key, unless the secret holds the password of one already (the request came twice).
 * Update: for another Region makes another key, and leaves the one before to programs that still use it. Taken back, it returns to that one.
 * Delete: deletes all keys of the user, who could not be deleted otherwise.
 */
import { AccessKeys } from './access-keys.lambda-shared';
import type { SmtpCredentialsProperties } from './smtp-constants';
import { SmtpSecret, type StoredVersion } from './smtp-secret.lambda-shared';
import { smtpSettings } from './smtp-settings';
import { customResource, log, type ResourceKind } from '../private/custom-resource.lambda-shared';

/** IAM allows a user as many. */
const KEYS_MAX = 2;

const credentials: ResourceKind<SmtpCredentialsProperties> = {
  physicalId: properties => properties.UserName,
  create: (properties, signal) => bring(properties, 0, signal),
  // where neither version of the secret is of use, a key may still be in use that was in another secret: the newest
  update: (properties, _old, signal) => bring(properties, KEYS_MAX - 1, signal),
  delete: deleteKeys,
  // whatever a failed Create has left would be in the way when the user is deleted
  takeBack: deleteKeys,
};

export const handler = customResource(credentials);

/** Brings the secret to settings that work for these properties. Beside a new key, the user keeps `spare` of the others. */
async function bring(properties: SmtpCredentialsProperties, spare: number, signal: AbortSignal): Promise<void> {
  const keys = new AccessKeys(properties.UserName, signal);
  const secret = new SmtpSecret(properties.SecretId, signal);
  const held = await keys.list();
  const works = ({ settings }: Partial<StoredVersion> = {}) => settings?.region === properties.Region && held.includes(settings.username);
  const current = await secret.read('AWSCURRENT');
  if (works(current)) return adjust(secret, current!, properties);
  const previous = await secret.read('AWSPREVIOUS');
  if (works(previous)) {
    await secret.move('AWSCURRENT', { to: previous!.versionId, off: current?.versionId });
    return adjust(secret, previous!, properties);
  }
  const inUse = held.filter(key => key === current?.settings.username);
  const others = held.filter(key => !inUse.includes(key));
  for (const key of others.slice(0, Math.max(held.length - spare, 0))) await keys.delete(key);
  await makeKey(keys, secret, properties);
}

async function deleteKeys({ UserName: userName }: SmtpCredentialsProperties, signal: AbortSignal): Promise<void> {
  const keys = new AccessKeys(userName, signal);
  for (const key of await keys.list()) await keys.delete(key);
}

/** Another host or port takes no other key. */
async function adjust(secret: SmtpSecret, { settings }: StoredVersion, { Host: host, Port }: SmtpCredentialsProperties): Promise<void> {
  const port = Number(Port);
  if (settings.host !== host || settings.port !== port) await secret.put({ ...settings, host, port });
}

async function makeKey(keys: AccessKeys, secret: SmtpSecret, { UserName, Region, Host, Port }: SmtpCredentialsProperties): Promise<void> {
  const key = await keys.create();
  try {
    await secret.put({ ...smtpSettings({ ...key, region: Region, host: Host, port: Number(Port) }), iamUser: UserName });
  } catch (error) {
    log('the new access key could not be stored', { user: UserName, key: key.accessKeyId });
    // also when time is up, for which some is kept back
    await new AccessKeys(UserName).delete(key.accessKeyId);
    throw error;
  }
}
