/*
 * The use of a key: its record in DNS, and SES, which signs with it.
 */
import { GetEmailIdentityCommand, type GetEmailIdentityCommandOutput, PutEmailIdentityDkimSigningAttributesCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import type { SigningSettings } from './dkim-key-constants';
import { type PublishedKey, recordText, type SigningKey } from './dkim-key-secret.lambda-shared';
import type { RecordProperties } from '../dns/route53-in-account-constants';
import { bring } from '../dns/zone-writer.lambda-shared';
import type { Resolver } from '../identity/identity-records.lambda-shared';
import { log } from '../private/custom-resource.lambda-shared';
import { withNewPermission } from '../private/new-permission.lambda-shared';
import { OctetEscape, quoteTxt } from '../records/txt';

/** Publishes a key, unless it is there. */
export function publish(settings: SigningSettings, key: PublishedKey, signal: AbortSignal): Promise<void> {
  const record = recordOf(settings, key);
  return bring(settings.Zone, [record], [record], signal);
}

/** Takes the record of a key away, if it still is as it was written. */
export function unpublish(settings: SigningSettings, key: PublishedKey, signal: AbortSignal): Promise<void> {
  return bring(settings.Zone, [recordOf(settings, key)], [], signal);
}

/** Whether public DNS has the record of a key. */
export async function isPublic(settings: SigningSettings, key: PublishedKey, resolver: Pick<Resolver, 'resolveTxt'>): Promise<boolean> {
  const found = await resolver.resolveTxt(nameOf(settings, key)).catch((error: NodeJS.ErrnoException) => {
    log('not found in DNS', { record: nameOf(settings, key), code: error.code });
    return [];
  });
  return found.some(strings => strings.join('') === recordText(key));
}

/** Lets SES sign with a key. */
export async function sign(settings: SigningSettings, key: SigningKey, ses: SESv2Client): Promise<void> {
  await withNewPermission(() => ses.send(new PutEmailIdentityDkimSigningAttributesCommand({
    EmailIdentity: settings.Identity,
    SigningAttributesOrigin: 'EXTERNAL',
    SigningAttributes: { DomainSigningSelector: key.selector, DomainSigningPrivateKey: key.privateKey },
  })));
  log('SES was told to sign', { identity: settings.Identity, selector: key.selector });
}

/** What SES says of an identity. */
export function lookAt(settings: SigningSettings, ses: SESv2Client): Promise<GetEmailIdentityCommandOutput> {
  return withNewPermission(() => ses.send(new GetEmailIdentityCommand({ EmailIdentity: settings.Identity })));
}

/** Whether SES was told to sign with a key; whether it does yet is the state of DKIM. */
export function isToldToSign({ DkimAttributes: dkim }: GetEmailIdentityCommandOutput, key: PublishedKey): boolean {
  return dkim?.SigningAttributesOrigin === 'EXTERNAL' && dkim.Tokens?.[0] === key.selector;
}

function nameOf(settings: SigningSettings, key: PublishedKey): string {
  return `${key.selector}._domainkey.${settings.Identity}`;
}

function recordOf(settings: SigningSettings, key: PublishedKey): RecordProperties {
  return { Name: `${nameOf(settings, key)}.`, Type: 'TXT', TTL: settings.Ttl, Values: [quoteTxt(recordText(key), OctetEscape.ROUTE53)] };
}
