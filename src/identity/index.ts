export { DelegatedIdentity } from './delegated-identity';
export { type BringYourOwnDkimOptions, type DisabledDkimOptions, Dkim, type DkimConfig, type EasyDkimOptions } from './dkim';
export { MailFrom, type MailFromConfig, type MailFromOptions } from './mail-from';
export { type GrantSendOptions, type IMailIdentity, MailIdentity, type SendPermission } from './mail-identity';
export { VerifiedAddress, type VerifiedAddressProps } from './verified-address';
export { type PublishedRecords, VerifiedDomain, type VerifiedDomainProps } from './verified-domain';
