/*
 * Whether mail from an identity can leave, and what to tell a person when it cannot.
 */
import type { GetEmailIdentityCommandOutput } from '@aws-sdk/client-sesv2';
import type { MissingRecord } from '../identity/identity-records.lambda-shared';

/** How an identity is: sends, may yet come to send, or will not unless somebody does something. */
export type Verification = 'verified' | 'pending' | 'failed';

/** The states of an identity that keep its mail from leaving as it should; empty when nothing does. */
function openStates(identity: GetEmailIdentityCommandOutput): [string, string][] {
  const { IdentityType, VerifiedForSendingStatus, VerificationStatus, DkimAttributes, MailFromAttributes } = identity;
  const open: [string, string][] = [];
  if (!VerifiedForSendingStatus) open.push(['verification', VerificationStatus ?? 'PENDING']);
  if (IdentityType === 'DOMAIN' && DkimAttributes?.SigningEnabled && DkimAttributes.Status !== 'SUCCESS') open.push(['DKIM', DkimAttributes.Status ?? 'PENDING']);
  // with the other behavior mail leaves all the same, by the MAIL FROM domain of SES
  if (MailFromAttributes?.MailFromDomain && MailFromAttributes.BehaviorOnMxFailure === 'REJECT_MESSAGE' && MailFromAttributes.MailFromDomainStatus !== 'SUCCESS') {
    open.push(['MAIL FROM', MailFromAttributes.MailFromDomainStatus ?? 'PENDING']);
  }
  return open;
}

/**
 * How an identity is. SES looks again and again for 72 hours; what it has given up then stays as it is.
 */
export function verificationOf(identity: GetEmailIdentityCommandOutput): Verification {
  const open = openStates(identity);
  if (open.length === 0) return 'verified';
  return open.some(([, state]) => state === 'FAILED') ? 'failed' : 'pending';
}

/** What a wait in vain has found. */
export interface WaitInVain {
  readonly name: string;
  readonly identity: GetEmailIdentityCommandOutput;
  readonly missing: MissingRecord[];
  /** How long it was waited for. */
  readonly minutes: number;
}

/**
 * What to tell whoever has deployed: the state, what is missing, and what to do.
 */
export function explain({ name, identity, missing, minutes }: WaitInVain): string {
  const gaveUp = verificationOf(identity) === 'failed';
  const states = openStates(identity).map(([what, state]) => `${what} ${state}`).join(', ');
  const reason = identity.VerificationInfo?.ErrorType ? ` (${identity.VerificationInfo.ErrorType})` : '';
  const head = gaveUp ? `SES has given ${name} up: ${states}${reason}.` : `${name} is not verified after ${minutes} minutes: ${states}${reason}.`;
  return [head, ...identity.IdentityType === 'EMAIL_ADDRESS' ? [linkCure(gaveUp)] : recordCure(missing, gaveUp)].join(' ');
}

function linkCure(gaveUp: boolean): string {
  return `${gaveUp ? 'The link that SES has sent to the address is too old.' : 'SES has written to the address (from no-reply-aws@amazon.com), and nobody has followed the link; it is good for 24 hours.'} ` +
    'Follow it and deploy again. For a new link, have it sent again in the SES console, or with `aws sesv2 delete-email-identity` and `create-email-identity`.';
}

function* recordCure(missing: MissingRecord[], gaveUp: boolean): Generator<string> {
  if (missing.length > 0) {
    yield `Public DNS does not have: ${missing.map(({ record, found }) => `${record} (found: ${found})`).join('; ')}.`;
    yield 'See that they are published in the zone which the registrar delegates to (`npx postmaster dns` prints those that a person has to enter), then deploy again.';
  } else {
    yield 'Public DNS has all its records, so SES is about to find them: deploy again in some minutes.';
  }
  yield gaveUp ? 'SES begins anew when DKIM or the MAIL FROM domain is set again, in its console or by the API.' : 'The identity stays in SES, which looks for 72 hours.';
}
