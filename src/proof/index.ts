export { VerificationWaiter, type VerificationWaiterProps } from './verification-waiter';
