export { type BounceOptions } from './bounce-delivery';
export { BucketAccess } from './bucket-access';
export { type BucketDeliveryOptions } from './bucket-delivery';
export { Deliver } from './deliver';
export { type FunctionDeliveryOptions } from './function-delivery';
export { MailAction, type MailActionConfig, type MailRuleReference } from './mail-action';
export { type MailRuleOptions } from './mail-rule-options';
export { SourceArnScope } from './rule-source';
export { type TopicDeliveryOptions } from './topic-delivery';
