export { DelegatingIdentity, type IDelegatingIdentity, type ManagementOptions } from './delegating-identity';
export { IdentityActions } from './identity-actions';
export { IdentityPolicy, type IdentityPolicyProps } from './identity-policy';
export { SendAction } from './send-action';
export { DisplayName, type SendConditions } from './send-conditions';
export { type AuthorizeSenderOptions, type DelegatedSendOptions, SendInterface } from './sender-authorization';
export { type ISesIdentity } from './ses-identity';
