export { type ForwardRoute } from './forward-route';
export { MailForwarder } from './mail-forwarder';
export { type MailForwarderOptions, type MailForwarderProps } from './mail-forwarder-props';
