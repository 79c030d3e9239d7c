import { checkAccessKeyId, smtpPassword } from './smtp-password';
import { fail } from '../private/errors';
import { SesRegion } from '../ses/region';
import { SmtpPort } from '../ses/smtp-port';

/**
 * All that a program needs to send by SMTP, as the secret of `SmtpCredentials` holds it.
 */
export interface SmtpSettings {
  /** The user name: the ID of the access key. */
  readonly username: string;
  /** The password, valid in `region` only. */
  readonly password: string;
  /** The host. */
  readonly host: string;
  /** The port: encryption has to be asked for on 25, 587 and 2587, and begins at once on 465 and 2465. */
  readonly port: number;
  /** The Region through which the mail leaves. */
  readonly region: string;
}

/**
 * An access key, and where it is to be used.
 */
export interface SmtpSettingsOptions {
  /** The ID of the access key. */
  readonly accessKeyId: string;
  /** The secret access key. */
  readonly secretAccessKey: string;
  /** Refused, if there is one: temporary credentials have it, and SES does not let them in by SMTP. */
  readonly sessionToken?: string;
  /** The Region through which mail is sent. */
  readonly region: string;
  /** The port; 587 when left out. */
  readonly port?: number;
  /** The host; that of the Region when left out. */
  readonly host?: string;
}

/**
 * What a mail program is to be told, from the access key of an IAM user. Refuses temporary credentials.
 */
export function smtpSettings(options: SmtpSettingsOptions): SmtpSettings {
  if (options.sessionToken) {
    fail('SmtpPassword.temporary', 'a session token is given, so these are temporary credentials; SES lets only the access keys of IAM users in by SMTP');
  }
  const region = SesRegion.of(options.region);
  return {
    username: checkAccessKeyId(options.accessKeyId),
    password: smtpPassword(options.secretAccessKey, region.name),
    host: options.host ?? region.smtpEndpoint,
    port: SmtpPort.of(options.port ?? SmtpPort.STARTTLS_587.portNumber).portNumber,
    region: region.name,
  };
}

/**
 * Reads what the secret of `SmtpCredentials` holds, and refuses anything else.
 *
 * @param secretString the `SecretString` of the secret
 */
export function readSmtpSettings(secretString: string): SmtpSettings {
  const settings = parse(secretString);
  const texts = [settings?.username, settings?.password, settings?.host, settings?.region];
  if (!settings || texts.some(text => typeof text !== 'string') || typeof settings.port !== 'number') {
    fail('SmtpSettings.form', 'the secret does not hold SMTP settings: username, password, host and region as texts, and port as a number');
  }
  return settings;
}

function parse(text: string): SmtpSettings | undefined {
  try {
    return JSON.parse(text) as SmtpSettings;
  } catch {
    return undefined;
  }
}
