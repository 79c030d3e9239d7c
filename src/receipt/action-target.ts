import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/** S3 takes keys of 1024 bytes. The rest is for the id of the message. */
const PREFIX_MAX = 900;

/** The key that SES has in each account, which is the only one that may be named by its alias. */
const SES_ALIAS = ':alias/aws/ses';

interface ArnForm {
  readonly service: string;
  readonly resource: RegExp;
  readonly example: string;
}

const KMS_KEY: ArnForm = { service: 'kms', resource: /^(?:key\/[\w-]+|alias\/aws\/ses)$/, example: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' };
const ORGANIZATION: ArnForm = {
  service: 'workmail', resource: /^organization\/m-[0-9a-f]{32}$/, example: 'arn:aws:workmail:eu-west-1:111122223333:organization/m-0123456789abcdef0123456789abcdef',
};
const CONNECT_INSTANCE: ArnForm = {
  service: 'connect',
  resource: /^instance\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  example: 'arn:aws:connect:eu-west-1:111122223333:instance/1234abcd-12ab-34cd-56ef-1234567890ab',
};

/**
 * The prefix of object keys in the one form that the library uses: no slash in front, one at the end. Undefined when nothing is left.
 */
export function normalizeKeyPrefix(prefix: string): string | undefined {
  const normal = prefix.replace(/^\/+|\/+$/g, '');
  if (normal === '') return undefined;
  if (!hasToken(normal) && Buffer.byteLength(normal) + 1 > PREFIX_MAX) {
    fail('KeyPrefix.tooLong', `the object key prefix has ${Buffer.byteLength(normal) + 1} bytes; up to ${PREFIX_MAX} leave room for the id of the message in a key of 1024`);
  }
  return `${normal}/`;
}

/**
 * Refuses a KMS key that SES cannot encrypt messages with: it takes the ARN of a key. Of aliases it takes only its own.
 */
export function checkMessageKey(keyArn: string): string {
  if (/(?:^|:)alias\//.test(keyArn) && !keyArn.endsWith(SES_ALIAS)) {
    fail('MessageKey.alias', `"${keyArn}" is an alias, which may mean another key in the account that asks; give the ARN of the key itself, ` +
      `e.g. "${KMS_KEY.example}". Only the key of SES is named by its alias (...${SES_ALIAS})`);
  }
  return checkArn('MessageKey.form', 'a KMS key', keyArn, KMS_KEY);
}

/**
 * Refuses what is not the ARN of a WorkMail organization.
 */
export function checkWorkMailOrganization(organizationArn: string): string {
  return checkArn('WorkMailOrganization.form', 'a WorkMail organization', organizationArn, ORGANIZATION);
}

/**
 * Refuses what is not the ARN of an Amazon Connect instance.
 */
export function checkConnectInstance(instanceArn: string): string {
  return checkArn('ConnectInstance.form', 'an Amazon Connect instance', instanceArn, CONNECT_INSTANCE);
}

/**
 * The Region in an ARN; undefined when only a deployment knows, or when there is none.
 */
export function regionOfArn(arn: string): string | undefined {
  const region = partsOf(arn)[3];
  return region === undefined || region === '' || hasToken(region) ? undefined : region;
}

function checkArn(code: string, what: string, arn: string, { service, resource, example }: ArnForm): string {
  const forms = [/^arn$/, /^aws(?:-[a-z]+)*$/, new RegExp(`^${service}$`), /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/, /^\d{12}$/, resource];
  const parts = partsOf(arn);
  // a value that only a deployment knows may be the whole ARN, or any part of it
  const isWhole = parts.length === 1 && hasToken(arn);
  const fits = isWhole || (parts.length === forms.length && parts.every((part, index) => hasToken(part) || forms[index].test(part)));
  if (!fits) fail(code, `"${arn}" is not the ARN of ${what}; the form is "${example}"`);
  return arn;
}

/** Tokens have no colon in them, so the parts stay whole. */
function partsOf(arn: string): string[] {
  return arn.split(':');
}
