/* The handler as it is deployed, with the real SDK and over the real wire, against services that are fakes. */
import { DeleteUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { SmtpPlace } from './smtp-place';
import { readSmtpSettings } from '../../src/runtime';
import { AccessKeys } from '../../src/smtp/access-keys.lambda-shared';
import type { SmtpCredentialsProperties } from '../../src/smtp/smtp-constants';
import { handler } from '../../src/smtp/smtp-credentials.lambda';
import type { StoredSettings } from '../../src/smtp/smtp-secret.lambda-shared';
import { FakeCloudFormation } from '../support/fake-cloudformation';
import { Refusal } from '../support/fake-service';
import { isPasswordOf } from '../support/fake-ses-smtp';
import { hurry } from '../support/hurry';

const cloudFormation = new FakeCloudFormation();
const place = new SmtpPlace(() => cloudFormation.bodies);
place.add(cloudFormation);
const { iam, secretsManager, passwords } = place;

const PROPERTIES: SmtpCredentialsProperties = { UserName: 'relay', SecretId: 'secret', Region: 'eu-west-1', Host: 'email-smtp.eu-west-1.amazonaws.com', Port: '587' };
const LONDON = { ...PROPERTIES, Region: 'eu-west-2', Host: 'email-smtp.eu-west-2.amazonaws.com' };

const create = (properties = PROPERTIES, details = {}) => cloudFormation.request(handler, 'Create', { properties, ...details });
const update = (old: SmtpCredentialsProperties, properties: SmtpCredentialsProperties) => cloudFormation.request(handler, 'Update', { properties, old, physicalId: old.UserName });
const remove = (properties = PROPERTIES, physicalId = properties.UserName) => cloudFormation.request(handler, 'Delete', { properties, physicalId });

/** What the secret tells programs, once SES would let them in with it. */
function settings(secretId = 'secret') {
  const found = readSmtpSettings(secretsManager.valueOf(secretId)!) as StoredSettings;
  passwords.add(found.password);
  expect(isPasswordOf(iam.secretOf(found.username)!, found.region, found.password)).toBe(true);
  return found;
}
const created = async () => { await create(); return settings(); };

/** CloudFormation deletes the user after its keys. */
const deleteUser = () => new IAMClient({}).send(new DeleteUserCommand({ UserName: 'relay' }));
const notices = () => place.log.mock.calls.map(([line]) => JSON.parse(line).notice);
const denied = new Refusal(403, 'AccessDenied', 'User: arn:aws:sts::111122223333:assumed-role/handler/handler is not authorized to perform: iam:CreateAccessKey');

describe('Create', () => {
  test('makes a key and stores all that a mail program needs; the ID is the user', async () => {
    expect(await create()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'relay' });
    expect(settings()).toEqual({
      username: iam.keysOf('relay')[0], password: expect.any(String), host: 'email-smtp.eu-west-1.amazonaws.com', port: 587, region: 'eu-west-1', iamUser: 'relay',
    });
    expect(iam.keysOf('relay')).toHaveLength(1);
  });

  test('computes the password for another Region than that of the function', async () => {
    await create({ ...LONDON, Port: '465' });
    expect(settings()).toMatchObject({ region: 'eu-west-2', host: 'email-smtp.eu-west-2.amazonaws.com', port: 465 });
  });

  test('of a request that comes twice, also to another instance of the function, leaves the key as it is', async () => {
    const first = await created();
    expect(await create(PROPERTIES, { requestId: 'again' })).toMatchObject({ Status: 'SUCCESS' });
    expect(settings()).toEqual(first);
    expect(iam.keysOf('relay')).toEqual([first.username]);
  });

  test('deletes the keys of an attempt that ended before the password was stored, since nobody can ever use them', async () => {
    const lost = [iam.addKey('relay'), iam.addKey('relay')];
    expect(await create()).toMatchObject({ Status: 'SUCCESS' });
    expect(iam.keysOf('relay')).toEqual([settings().username]);
    expect(lost).not.toContain(settings().username);
  });

  test('takes a secret in which somebody has written already, and leaves that as the version before', async () => {
    secretsManager.write('secret', 'a note');
    expect(await create()).toMatchObject({ Status: 'SUCCESS' });
    expect(settings().iamUser).toBe('relay');
    expect(secretsManager.valueOf('secret', 'AWSPREVIOUS')).toBe('a note');
  });

  test('that cannot store the password deletes the key again, and says why', async () => {
    secretsManager.refuseNext(1, new Refusal(400, 'EncryptionFailure', 'Secrets Manager can\'t encrypt the protected secret text using the provided KMS key.'), 'PutSecretValue');
    expect(await create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('can\'t encrypt') });
    expect(iam.keysOf('relay')).toEqual([]);
    expect(notices()).toEqual(['access key made', 'the new access key could not be stored', 'access key deleted', 'failed']);
  });

  test('waits for permissions that this very deployment has attached', async () => {
    iam.refuseNext(3, denied, 'ListAccessKeys');
    iam.refuseNext(2, denied, 'CreateAccessKey');
    secretsManager.refuseNext(2, new Refusal(400, 'AccessDeniedException', 'not authorized to perform: secretsmanager:PutSecretValue'), 'PutSecretValue');
    hurry();
    expect(await create()).toMatchObject({ Status: 'SUCCESS' });
  });

  test('fails after a minute with the words of IAM when the permission never comes', async () => {
    iam.refuseNext(1_000, denied);
    hurry();
    const started = Date.now();
    expect(await create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('not authorized to perform: iam:CreateAccessKey') });
    expect(Date.now() - started).toBeLessThan(80_000);
  });

  test('asks throttled services again, and makes one key', async () => {
    iam.refuseNext(3, new Refusal(400, 'Throttling', 'Rate exceeded'));
    secretsManager.refuseNext(3, new Refusal(400, 'ThrottlingException', 'Rate exceeded'));
    hurry();
    expect(await create()).toMatchObject({ Status: 'SUCCESS' });
    expect(iam.keysOf('relay')).toEqual([settings().username]);
  });

  test('fails in the words of IAM when the user has more keys than IAM lists yet', async () => {
    iam.refuseNext(20, new Refusal(409, 'LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2'), 'CreateAccessKey');
    hurry();
    expect(await create()).toMatchObject({ Status: 'FAILED', Reason: 'Cannot exceed quota for AccessKeysPerUser: 2' });
  });

  test('of a user that is not there fails', async () => {
    expect(await create({ ...PROPERTIES, UserName: 'nobody' })).toMatchObject({ Status: 'FAILED', Reason: 'The user with name nobody cannot be found.' });
  });

  test('that runs out of time while it stores the password leaves nothing that is in the way when the user is deleted', async () => {
    let release = () => {};
    secretsManager.hold = async () => { if (iam.keysOf('relay').length > 0) await new Promise<void>(resolve => { release = resolve; }); };
    const answer = await create(PROPERTIES, { remainingMs: 5_500 });
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'the handler ran out of time; deploy again' });
    release();
    expect(iam.calls).toContain('CreateAccessKey');
    await new Promise(resolve => { setTimeout(resolve, 100); });
    expect(iam.keysOf('relay')).toEqual([]);
    expect(await remove(PROPERTIES, answer.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
    await expect(deleteUser()).resolves.toBeDefined();
  });
});

describe('Update', () => {
  test('to another port or host leaves the key and the password', async () => {
    const before = await created();
    expect(await update(PROPERTIES, { ...PROPERTIES, Port: '465' })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'relay' });
    expect(settings()).toEqual({ ...before, port: 465 });
  });

  test('without a change changes nothing', async () => {
    await created();
    const versions = secretsManager.versionsOf('secret');
    await update(PROPERTIES, PROPERTIES);
    expect(secretsManager.versionsOf('secret')).toBe(versions);
    expect(iam.keysOf('relay')).toHaveLength(1);
  });

  test('to another Region makes another key, and lets programs go on with the one before', async () => {
    const before = await created();
    await update(PROPERTIES, LONDON);
    expect(settings()).toMatchObject({ region: 'eu-west-2' });
    expect(iam.keysOf('relay')).toEqual([before.username, settings().username]);
  });

  test('that comes twice makes one key', async () => {
    await created();
    await update(PROPERTIES, LONDON);
    const keys = iam.keysOf('relay');
    await update(PROPERTIES, LONDON);
    expect(iam.keysOf('relay')).toEqual(keys);
  });

  test('that is taken back returns to the key before', async () => {
    const before = await created();
    await update(PROPERTIES, LONDON);
    await update(LONDON, PROPERTIES);
    expect(settings()).toEqual(before);
  });

  test('that is taken back after it failed half-way changes nothing', async () => {
    const before = await created();
    secretsManager.refuseNext(1, new Refusal(400, 'EncryptionFailure', 'no'), 'PutSecretValue');
    expect(await update(PROPERTIES, LONDON)).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'relay' });
    await update(LONDON, PROPERTIES);
    expect(settings()).toEqual(before);
    expect(iam.keysOf('relay')).toEqual([before.username]);
  });

  test('of a user with two keys deletes the one that is not in use', async () => {
    const before = await created();
    const other = iam.addKey('relay');
    await update(PROPERTIES, LONDON);
    expect(iam.keysOf('relay')).toEqual([before.username, settings().username]);
    expect(iam.keysOf('relay')).not.toContain(other);
  });

  test('makes a new key where somebody has deleted the one in use', async () => {
    const before = await created();
    await new AccessKeys('relay').delete(before.username);
    await update(PROPERTIES, { ...PROPERTIES, Port: '465' });
    expect(settings().username).not.toBe(before.username);
  });

  test('to another secret leaves the key that programs may still have from the one before', async () => {
    const before = await created();
    secretsManager.addSecret('other');
    await update(PROPERTIES, { ...PROPERTIES, SecretId: 'other' });
    expect(iam.keysOf('relay')).toEqual([before.username, settings('other').username]);
  });

  test('to another user is a replacement: it has a key of its own, and the Delete of the one before leaves it alone', async () => {
    await created();
    iam.addUser('relay2');
    const replacement = { ...PROPERTIES, UserName: 'relay2' };
    expect(await update(PROPERTIES, replacement)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'relay2' });
    await remove(PROPERTIES);
    expect(settings()).toMatchObject({ iamUser: 'relay2', username: iam.keysOf('relay2')[0] });
    expect(iam.keysOf('relay')).toEqual([]);
  });

  test('to another user that is taken back returns to the first', async () => {
    const before = await created();
    iam.addUser('relay2');
    const replacement = { ...PROPERTIES, UserName: 'relay2' };
    await update(PROPERTIES, replacement);
    await update(replacement, PROPERTIES);
    await remove(replacement);
    expect(settings()).toEqual(before);
    expect(iam.keysOf('relay2')).toEqual([]);
  });
});

describe('Delete', () => {
  test('deletes all keys, without which IAM would not let the user go', async () => {
    await created();
    iam.addKey('relay');
    await expect(deleteUser()).rejects.toThrow('must delete access keys first');
    expect(await remove()).toMatchObject({ Status: 'SUCCESS' });
    expect(iam.keysOf('relay')).toEqual([]);
    await expect(deleteUser()).resolves.toBeDefined();
  });

  test('succeeds when there is no key, and when there is no user', async () => {
    expect(await remove()).toMatchObject({ Status: 'SUCCESS' });
    await deleteUser();
    expect(await remove()).toMatchObject({ Status: 'SUCCESS' });
  });

  test('succeeds when somebody deletes a key at the same time', async () => {
    await created();
    iam.refuseNext(1, new Refusal(404, 'NoSuchEntity', 'The Access Key cannot be found.'), 'DeleteAccessKey');
    expect(await remove()).toMatchObject({ Status: 'SUCCESS' });
  });

  test('fails when a key cannot be deleted, so that nobody believes it is', async () => {
    await created();
    iam.refuseNext(1, new Refusal(409, 'EntityTemporarilyUnmodifiable', 'Try again later.'), 'DeleteAccessKey');
    expect(await remove()).toMatchObject({ Status: 'FAILED', Reason: 'Try again later.', PhysicalResourceId: 'relay' });
  });

  test('after a Create that failed deletes what may have been left', async () => {
    secretsManager.refuseNext(1, new Refusal(400, 'EncryptionFailure', 'no'), 'PutSecretValue');
    iam.refuseNext(1, new Refusal(500, 'ServiceFailure', 'no'), 'DeleteAccessKey');
    iam.refuseNext(1, new Refusal(409, 'EntityTemporarilyUnmodifiable', 'no'), 'DeleteAccessKey');
    const answer = await create();
    expect(answer.Status).toBe('FAILED');
    expect(iam.keysOf('relay')).toHaveLength(1);
    expect(await remove(PROPERTIES, answer.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: answer.PhysicalResourceId });
    expect(iam.keysOf('relay')).toEqual([]);
  });
});
