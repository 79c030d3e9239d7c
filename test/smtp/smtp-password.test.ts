import * as fc from 'fast-check';
import { smtpPassword } from '../../src/smtp/smtp-password';
import { readSmtpSettings, smtpSettings } from '../../src/smtp/smtp-settings';
import { isPasswordOf } from '../support/fake-ses-smtp';

/** The example of the AWS documentation; nobody's key. */
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: SECRET };

describe('the password', () => {
  test.each([
    ['us-west-2', 'BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd'],
    ['us-east-1', 'BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9'],
    ['eu-west-1', 'BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk'],
    ['us-gov-west-1', 'BHW/eHvx1MM9YwW4wrJG6MGVQmLDCAM99G9YiSdGEIAw'],
  ])('in %s is the one of the published test vector', (region, password) => {
    expect(smtpPassword(SECRET, region)).toBe(password);
  });

  test('of any secret access key is one that a server accepts which was written after the same description, and in that Region only', () => {
    const secrets = fc.uint8Array({ minLength: 30, maxLength: 30 }).map(bytes => Buffer.from(bytes).toString('base64'));
    fc.assert(fc.property(secrets, fc.constantFrom('eu-west-1', 'us-east-1', 'xx-new-9'), (secret, region) => {
      const password = smtpPassword(secret, region);
      return /^B[A-Za-z0-9+/]{43}$/.test(password) && isPasswordOf(secret, region, password) && !isPasswordOf(secret, 'eu-west-2', password);
    }));
  });
});

describe('refused, without being shown', () => {
  const FORM = 'a secret access key has 40, of letters, digits, "/" and "+" [SmtpPassword.form]';
  test.each([
    ['an access key ID', KEY.accessKeyId, 'an access key ID is given; the password comes from the secret access key that belongs to it [SmtpPassword.notSecret]'],
    ['the ID of temporary credentials', 'ASIAIOSFODNN7EXAMPLE', 'an access key ID is given; the password comes from the secret access key that belongs to it [SmtpPassword.notSecret]'],
    ['a session token', 'FwoGZXIvYXdzE'.repeat(20), 'a text of 260 characters is given, as long as a session token; temporary credentials have no SMTP password, only the ' +
      'secret access key of an IAM user has [SmtpPassword.sessionToken]'],
    ['a key with the line break of a file', `${SECRET}\n`, `a text of 41 characters is given, and white space among them; ${FORM}`],
    ['a part of a key', SECRET.slice(1), `a text of 39 characters is given; ${FORM}`],
    ['a value that only a deployment knows', '${Token[TOKEN.123]}', `a text of 19 characters is given; ${FORM}`],
    ['nothing', '', `a text of 0 characters is given; ${FORM}`],
  ])('%s', (_, secret, message) => {
    const refusal = () => smtpPassword(secret, 'eu-west-1');
    expect(refusal).toThrow(new Error(message));
    if (secret) expect(message).not.toContain(secret);
  });

  test.each(['${Token[AWS.Region.4]}', '', 'Ireland'])('the Region "%s"', region => {
    expect(() => smtpPassword(SECRET, region)).toThrow('the region is not the name of a Region; the password of each Region is another, so it has to be known [SmtpPassword.region]');
  });
});

describe('settings', () => {
  test('have all that a mail program has to be told', () => {
    expect(smtpSettings({ ...KEY, region: 'eu-west-1' })).toEqual({
      username: KEY.accessKeyId, password: smtpPassword(SECRET, 'eu-west-1'), host: 'email-smtp.eu-west-1.amazonaws.com', port: 587, region: 'eu-west-1',
    });
  });

  test('take another host and port', () => {
    expect(smtpSettings({ ...KEY, region: 'us-gov-west-1', host: 'email-smtp-fips.us-gov-west-1.amazonaws.com', port: 465 }))
      .toMatchObject({ host: 'email-smtp-fips.us-gov-west-1.amazonaws.com', port: 465 });
  });

  test.each([
    ['a session token', { sessionToken: 'token' }, 'a session token is given, so these are temporary credentials; SES lets only the access keys of IAM users in by SMTP [SmtpPassword.temporary]'],
    ['the ID of temporary credentials', { accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }, 'the access key ID begins with ASIA, so it belongs to temporary credentials, of a role for ' +
      'instance; SES lets only the access keys of IAM users in by SMTP. A program with a role sends through the API [SmtpPassword.temporary]'],
    ['another ID', { accessKeyId: 'AIDAIOSFODNN7EXAMPLE' }, 'the access key ID is not one of an IAM user; those begin with AKIA, and have capital letters and digits only [SmtpPassword.accessKeyId]'],
    ['a port on which SES does not listen', { port: 26 }, '26 is no SMTP port of SES; it listens on 25, 587 and 2587 (STARTTLS), and on 465 and 2465 (encrypted from the ' +
      'first byte) [SmtpPort.unknown]'],
  ])('refuse %s', (_, change, message) => {
    expect(() => smtpSettings({ ...KEY, region: 'eu-west-1', ...change })).toThrow(new Error(message));
  });

  test('are read back from a secret as they were stored', () => {
    const settings = smtpSettings({ ...KEY, region: 'eu-west-1' });
    expect(readSmtpSettings(JSON.stringify(settings))).toEqual(settings);
  });

  test.each(['', 'a password', '{}', 'null', '[]', '{"username":"u","password":"p","host":"h","region":"r","port":"587"}'])('are not read from %j', text => {
    expect(() => readSmtpSettings(text)).toThrow('the secret does not hold SMTP settings: username, password, host and region as texts, and port as a number [SmtpSettings.form]');
  });
});
