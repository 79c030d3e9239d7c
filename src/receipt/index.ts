export { BounceReply, type BounceReplyOptions } from './bounce-reply';
export { Recipient } from './recipient';
