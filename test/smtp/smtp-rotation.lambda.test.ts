/* Rotation as Secrets Manager plays it, against services that are fakes and an SMTP server that is real. */
import { SmtpPlace } from './smtp-place';
import { type SmtpSettings, readSmtpSettings, smtpSettings } from '../../src/runtime';
import { AccessKeys } from '../../src/smtp/access-keys.lambda-shared';
import { smtpLogin } from '../../src/smtp/smtp-login.lambda-shared';
import { rotation } from '../../src/smtp/smtp-rotation.lambda';
import type { StoredSettings } from '../../src/smtp/smtp-secret.lambda-shared';
import { Refusal } from '../support/fake-service';
import { FakeSesSmtp } from '../support/fake-ses-smtp';
import { hurry } from '../support/hurry';
import { send } from '../support/smtp-client';

const servers: string[] = [];
const errors: string[] = [];
const fakes = new SmtpPlace(() => errors);
const { iam, secretsManager, passwords } = fakes;
const ses = fakes.add(new FakeSesSmtp(iam, 'eu-west-1'));

beforeEach(() => {
  servers.length = errors.length = 0;
  store();
});

/** The function, with the SMTP server of the test in place of that of the Region. */
const rotationFunction = rotation((settings, server) => {
  servers.push(`${server.host}:${server.port}`);
  // what is said must have neither the password nor the words in which it is told to the server
  passwords.add(settings.password).add(Buffer.from(`\0${settings.username}\0${settings.password}`).toString('base64'));
  return smtpLogin(settings, { host: ses.host, port: ses.wrapperPort, ca: ses.ca });
});

/** As Lambda runs it: an error goes into the log. */
const handler: typeof rotationFunction = event => rotationFunction(event).catch((error: Error) => {
  errors.push(String(error.stack));
  throw error;
});

/** What the custom resource has stored. */
function store(region = 'eu-west-1'): StoredSettings {
  const accessKeyId = iam.addKey('relay');
  const settings = { ...smtpSettings({ accessKeyId, secretAccessKey: iam.secretOf(accessKeyId)!, region, port: 587 }), iamUser: 'relay' };
  secretsManager.write('secret', JSON.stringify(settings));
  return settings;
}

const stored = (stage?: string) => readSmtpSettings(secretsManager.valueOf('secret', stage)!) as StoredSettings;
const rotate = (afterStep?: (step: string) => Promise<void>) => secretsManager.rotate('secret', handler, afterStep);
const place = () => ({ host: ses.host, port: ses.starttlsPort, ca: ses.ca });
const pause = (ms: number) => new Promise<void>(resolve => { setTimeout(resolve, ms); });
const acceptedLogins = () => ses.logins.filter(login => login.accepted).map(login => login.username);

describe('a rotation', () => {
  test('makes a second key, logs in with it by the SMTP host of the Region, and makes it the current one', async () => {
    const before = stored();
    await rotate();
    expect(stored()).toEqual({ ...before, username: expect.stringMatching(/^AKIA/), password: expect.any(String) });
    expect(stored().username).not.toBe(before.username);
    expect(servers).toEqual(['email-smtp.eu-west-1.amazonaws.com:465']);
    expect(acceptedLogins()).toEqual([stored().username]);
  });

  test('leaves the key before valid, and the next one deletes it', async () => {
    const first = stored().username;
    await rotate();
    const second = stored().username;
    expect(iam.keysOf('relay')).toEqual([first, second]);
    await rotate();
    expect(iam.keysOf('relay')).toEqual([second, stored().username]);
    expect(stored('AWSPREVIOUS').username).toBe(second);
  });

  test('deletes a key that somebody has made by hand: it would be in the way, and the user is for this alone', async () => {
    const foreign = iam.addKey('relay');
    await rotate();
    expect(iam.keysOf('relay')).not.toContain(foreign);
  });

  test('also works where somebody has deleted the key in use', async () => {
    secretsManager.write('secret', JSON.stringify({ ...stored(), username: 'AKIAGONEGONEGONEGONE' }));
    await rotate();
    await expect(send(stored(), 'after', place())).resolves.toBeUndefined();
  });

  test('repeats each step without making another key', async () => {
    const twice: typeof handler = async event => { await handler(event); await handler(event); };
    await secretsManager.rotate('secret', twice);
    expect(iam.calls.filter(call => call === 'CreateAccessKey')).toHaveLength(1);
    expect(acceptedLogins()).toContain(stored().username);
  });

  test('waits until SES knows the new key, in which time a program would be turned away', async () => {
    iam.propagationMs = 20_000;
    hurry();
    await rotate();
    expect(ses.logins[0]).toMatchObject({ accepted: false });
    expect(acceptedLogins()).toEqual([stored().username]);
  });
});

describe('when something fails, the credentials in use stay as they are, and the next attempt succeeds:', () => {
  const unharmed = async (before: SmtpSettings) => {
    expect(stored()).toEqual(before);
    await send(before, 'still valid', place());
    await rotate();
    expect(stored()).not.toEqual(before);
    expect(iam.keysOf('relay')).toEqual([before.username, stored().username]);
  };

  test.each(['ListAccessKeys', 'CreateAccessKey'])('IAM refuses %s', async operation => {
    const before = stored();
    iam.refuseNext(1, new Refusal(409, 'EntityTemporarilyUnmodifiable', 'Try again later.'), operation);
    await expect(rotate()).rejects.toThrow('Try again later.');
    await unharmed(before);
  });

  test('the new password cannot be stored, and its key is deleted', async () => {
    const before = stored();
    secretsManager.refuseNext(1, new Refusal(400, 'EncryptionFailure', 'no key'), 'PutSecretValue');
    await expect(rotate()).rejects.toThrow('no key');
    expect(iam.keysOf('relay')).toEqual([before.username]);
    await unharmed(before);
  });

  test('the function ends between making the key and storing the password, and the lost key does not stay', async () => {
    const before = stored();
    const lost = iam.addKey('relay');
    await unharmed(before);
    expect(iam.keysOf('relay')).not.toContain(lost);
  });

  test('SES never takes the new password', async () => {
    const before = stored();
    iam.propagationMs = 1_000_000;
    hurry();
    await expect(rotate()).rejects.toThrow(/^the key AKIA\w+ cannot log in by SMTP: 127\.0\.0\.1:\d+: 535 Authentication Credentials Invalid\. Nothing has changed for programs; the credentials in use stay valid$/);
    iam.propagationMs = 0;
    await unharmed(before);
  });

  test('the label cannot be moved', async () => {
    const before = stored();
    secretsManager.refuseNext(1, new Refusal(500, 'InternalServiceError', 'no'), 'UpdateSecretVersionStage');
    secretsManager.refuseNext(1, new Refusal(400, 'InvalidRequestException', 'not now'), 'UpdateSecretVersionStage');
    await expect(rotate()).rejects.toThrow('not now');
    await unharmed(before);
  });
});

describe('a version that waits, and can never be used,', () => {
  const stuck = async () => {
    secretsManager.refuseNext(1, new Refusal(400, 'InvalidRequestException', 'not now'), 'UpdateSecretVersionStage');
    await expect(rotate()).rejects.toThrow('not now');
  };
  const GIVEN_UP = 'the pending version is of a key that is gone, or for another Region, so it was given up; start the rotation again';

  test('since its key is gone, is given up, and the next rotation begins anew', async () => {
    await stuck();
    const [, pending] = iam.keysOf('relay');
    await new AccessKeys('relay').delete(pending);
    await expect(rotate()).rejects.toThrow(GIVEN_UP);
    await rotate();
    expect(iam.keysOf('relay')).toContain(stored().username);
  });

  test('since the credentials are for another Region by now, is given up', async () => {
    await stuck();
    secretsManager.write('secret', JSON.stringify({ ...stored(), region: 'eu-west-2' }));
    await expect(rotate()).rejects.toThrow(GIVEN_UP);
  });
});

describe('when rotation is configured, the one step that is tried', () => {
  test('logs in with what is current', async () => {
    await secretsManager.configure('secret', handler);
    expect(acceptedLogins()).toEqual([stored().username]);
  });

  test('logs in with what is current also when the version to test is empty', async () => {
    await secretsManager.configure('secret', handler, undefined);
    expect(acceptedLogins()).toEqual([stored().username]);
  });

  test('makes no key, and changes no version', async () => {
    const before = stored();
    await secretsManager.configure('secret', handler);
    expect(stored()).toEqual(before);
    expect(iam.calls).toEqual([]);
  });
});

describe('refused:', () => {
  const token = '5d1f3a30-0000-11ef-9f8e-0a1b2c3d4e5f';
  test('a step that there is not', async () => {
    await expect(handler({ Step: 'dance', SecretId: 'secret', ClientRequestToken: token })).rejects.toThrow('dance is no step of a rotation');
  });

  test('a version that there is not', async () => {
    await expect(handler({ Step: 'createSecret', SecretId: 'secret', ClientRequestToken: token })).rejects.toThrow(`the secret has no version ${token}, which is to be rotated in`);
  });

  test('a version that does not wait', async () => {
    await rotate();
    const previous = secretsManager.versionIdOf('secret', 'AWSPREVIOUS')!;
    await expect(handler({ Step: 'finishSecret', SecretId: 'secret', ClientRequestToken: previous })).rejects.toThrow(`the version ${previous} of the secret does not wait`);
  });

  test('a secret in which somebody has written something else, and its key is left alone', async () => {
    const { username } = stored();
    secretsManager.write('secret', 'by hand');
    await expect(rotate()).rejects.toThrow('the secret does not hold SMTP settings as the stack has stored them; make the version before the current one again');
    expect(iam.keysOf('relay')).toEqual([username]);
  });
});

describe('programs that send all the time', () => {
  /** A program which reads the secret once in a while, as `reload` says, and sends one message after the other, each over a connection of its own. */
  class Program {
    public sent = 0;
    public readonly failures: string[] = [];
    private settings = stored();

    public constructor(private readonly name: string) {}

    public reload(): void {
      this.settings = stored();
    }

    public async run(until: () => boolean): Promise<void> {
      while (!until()) {
        await send(this.settings, `${this.name} ${++this.sent}`, place()).catch((error: Error) => { this.failures.push(error.message); });
        if (this.name === 'fresh') this.reload();
      }
    }
  }

  /**
   * Rotates under two programs: one reads the secret before each message, the other as rarely as is allowed: just before each rotation, or never.
   * A new key takes a while to be known.
   */
  async function rotateUnderLoad(times: number, rotating = handler, reloads = true): Promise<Program[]> {
    iam.propagationMs = 600;
    await pause(iam.propagationMs);
    const programs = [new Program('fresh'), new Program('lazy')];
    let over = false;
    const running = programs.map(program => program.run(() => over));
    for (let time = 0; time < times; time++) {
      await secretsManager.rotate('secret', rotating, () => pause(50));
      if (reloads) programs[1].reload();
      // a message that is on its way has its time, of which there are days
      await pause(300);
    }
    over = true;
    await Promise.all(running);
    return programs;
  }

  test('are never turned away, while the credentials are rotated three times', async () => {
    const programs = await rotateUnderLoad(3);
    expect(programs.map(program => program.failures)).toEqual([[], []]);
    expect(ses.subjects).toHaveLength(programs[0].sent + programs[1].sent);
    // each of the four keys was used by somebody
    expect(new Set(ses.logins.filter(login => login.accepted).map(login => login.username)).size).toBe(4);
    expect(programs[1].sent).toBeGreaterThan(8);
  }, 30_000);

  test('would be turned away without the login that tests a new key', async () => {
    const [fresh] = await rotateUnderLoad(1, rotation(async () => {}));
    expect(fresh.failures.length).toBeGreaterThan(0);
  }, 30_000);

  test('are turned away once they have not read the secret for two rotations', async () => {
    const [, lazy] = await rotateUnderLoad(2, handler, false);
    expect(lazy.failures.length).toBeGreaterThan(0);
  }, 30_000);
});
