import type { IMailIdentity } from './mail-identity';
import { hasToken } from '../private/tokens';
import { isWithin } from '../records/domain-name';

/**
 * Whether mail from an address can be sent with an identity: an address of its domain or below it, or the identity's own address, with a tag or without.
 * What only a deployment knows is taken to be.
 *
 * @param address the address, in a form that SES takes
 */
export function coversSender({ identityName }: IMailIdentity, address: string): boolean {
  if (hasToken(address) || hasToken(identityName)) return true;
  if (!identityName.includes('@')) return isWithin(address.slice(address.lastIndexOf('@') + 1).toLowerCase(), identityName);
  return address.replace(/\+[^@]*@/, '@') === identityName || address === identityName;
}
