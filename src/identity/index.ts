export { BringYourOwnDkimOptions, DisabledDkimOptions, Dkim, DkimConfig, EasyDkimOptions } from './dkim';
export { MailFrom, MailFromConfig, MailFromOptions } from './mail-from';
export { GrantSendOptions, IMailIdentity, MailIdentity } from './mail-identity';
export { SendAction } from './send-action';
export { DisplayName, SendConditions } from './send-conditions';
export { VerifiedAddress, VerifiedAddressProps } from './verified-address';
export { PublishedRecords, VerifiedDomain, VerifiedDomainProps } from './verified-domain';
