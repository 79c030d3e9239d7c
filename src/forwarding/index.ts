export { type ForwardRoute } from './forward-route';
export { MailForwarder, type MailForwarderOptions, type MailForwarderProps } from './mail-forwarder';
