import { createHmac } from 'node:crypto';
import { fail } from '../private/errors';
import { SesRegion } from '../ses/region';

/** What is signed, and with what, never changes; the date is no date of today. */
const DATE = '11111111';
const SERVICE = 'ses';
const TERMINAL = 'aws4_request';
const MESSAGE = 'SendRawEmail';
const VERSION = Buffer.of(4);

/**
 * The SMTP password that belongs to an access key in one Region. It is computed from the secret access key, which it does not give away.
 *
 * Refuses what is no secret access key of an IAM user, as far as the text shows it: an access key ID, a session token, a text of another form. The secret
 * access key of temporary credentials looks like any other; `smtpSettings`, which sees the access key ID too, refuses it.
 *
 * @param secretAccessKey the secret access key of an IAM user
 * @param region the Region through which mail is sent; SES takes the password in no other
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html
 */
export function smtpPassword(secretAccessKey: string, region: string): string {
  checkSecretAccessKey(secretAccessKey);
  const signature = [checkRegion(region), SERVICE, TERMINAL, MESSAGE].reduce(sign, sign(`AWS4${secretAccessKey}`, DATE));
  return Buffer.concat([VERSION, signature]).toString('base64');
}

/** Refuses keys of temporary credentials, for which SES has no SMTP login. */
export function checkAccessKeyId(accessKeyId: string): string {
  if (/^ASIA/.test(accessKeyId)) {
    fail('SmtpPassword.temporary', 'the access key ID begins with ASIA, so it belongs to temporary credentials, of a role for instance; SES lets only the access ' +
      'keys of IAM users in by SMTP. A program with a role sends through the API');
  }
  if (!/^AKIA[A-Z0-9]{12,124}$/.test(accessKeyId)) {
    fail('SmtpPassword.accessKeyId', 'the access key ID is not one of an IAM user; those begin with AKIA, and have capital letters and digits only');
  }
  return accessKeyId;
}

function sign(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

/** What is refused is never shown, since it may be a secret after all. */
function checkSecretAccessKey(text: string): void {
  if (/^(?:AKIA|ASIA)[A-Z0-9]{12,124}$/.test(text)) {
    fail('SmtpPassword.notSecret', 'an access key ID is given; the password comes from the secret access key that belongs to it');
  }
  if (text.length > 100) {
    fail('SmtpPassword.sessionToken', `a text of ${text.length} characters is given, as long as a session token; temporary credentials have no SMTP password, only ` +
      'the secret access key of an IAM user has');
  }
  if (!/^[A-Za-z0-9/+]{40}$/.test(text)) {
    const why = /\s/.test(text) ? ', and white space among them' : '';
    fail('SmtpPassword.form', `a text of ${text.length} characters is given${why}; a secret access key has 40, of letters, digits, "/" and "+"`);
  }
}

function checkRegion(region: string): string {
  if (!/^[a-z0-9-]+$/.test(region)) fail('SmtpPassword.region', 'the region is not the name of a Region; the password of each Region is another, so it has to be known');
  return SesRegion.of(region).name;
}
