import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';
import { normalizeAddress } from '../records/mail-address';

/**
 * What an account sends.
 */
export enum AccountMailType {
  /** Mail to many who have asked for it. */
  MARKETING = 'MARKETING',

  /** Mail to one person about what the person does. */
  TRANSACTIONAL = 'TRANSACTIONAL',
}

/**
 * The language in which AWS writes about the account.
 */
export enum ContactLanguage {
  /** English. */
  ENGLISH = 'EN',

  /** Japanese. */
  JAPANESE = 'JA',
}

/**
 * What AWS is told when an account asks to leave the sandbox.
 */
export interface ProductionAccessRequest {
  /**
   * What most of the mail is.
   */
  readonly mailType: AccountMailType;

  /**
   * The address of your website, with scheme: up to 1000 characters.
   */
  readonly websiteUrl: string;

  /**
   * How you send, to whom, and what you do about bounces, complaints and people who want no mail: up to 5000 characters. AWS has deprecated it, and reads it.
   *
   * @default - none
   */
  readonly useCaseDescription?: string;

  /**
   * The language in which AWS answers.
   *
   * @default ContactLanguage.ENGLISH
   */
  readonly contactLanguage?: ContactLanguage;

  /**
   * Who hears of the account beside its own address: up to 4 addresses.
   *
   * @default - nobody
   */
  readonly additionalContacts?: string[];
}

const URL_MAX = 1000;
const DESCRIPTION_MAX = 5000;
const CONTACTS_MAX = 4;

/**
 * Refuses a request that SES would refuse.
 */
export function checkRequest({ websiteUrl, useCaseDescription, additionalContacts = [] }: ProductionAccessRequest): void {
  if (!hasToken(websiteUrl) && (!/^https?:\/\/[^\s/]+\.[^\s/]+/i.test(websiteUrl) || websiteUrl.length > URL_MAX)) {
    fail('ProductionAccess.websiteUrl', `websiteUrl is "${websiteUrl}"; it takes a URL with http:// or https:// of up to ${URL_MAX} characters, as AWS looks at the site`);
  }
  if (useCaseDescription !== undefined && !hasToken(useCaseDescription) && (useCaseDescription === '' || useCaseDescription.length > DESCRIPTION_MAX)) {
    fail('ProductionAccess.description', `useCaseDescription has ${useCaseDescription.length} characters; SES takes 1 to ${DESCRIPTION_MAX}`);
  }
  if (additionalContacts.length > CONTACTS_MAX) {
    fail('ProductionAccess.contacts', `additionalContacts has ${additionalContacts.length} addresses; SES takes ${CONTACTS_MAX}, of which one may be a list`);
  }
  const twice = additionalContacts.find((address, index) => additionalContacts.indexOf(address) !== index);
  if (twice !== undefined) fail('ProductionAccess.contactTwice', `additionalContacts has "${twice}" twice; give each address once`);
  additionalContacts.forEach(normalizeAddress);
}
