export { Recipient } from './recipient';
