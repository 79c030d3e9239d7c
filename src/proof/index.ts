export { DkimKeyPair, type DkimKeyPairProps, type DkimKeyRotation } from './dkim-key-pair';
export { VerificationWaiter, type VerificationWaiterProps } from './verification-waiter';
