export { ContactList, type ContactListProps, type IContactList } from './contact-list';
export { type ContactTopic, TopicSubscription } from './contact-topic';
export { AmbiguousComplaints, FeedbackAction } from './feedback-action';
export { type FeedbackAlarms } from './feedback-alarms';
export { type BlocklistMetricOptions, type BounceMetricOptions, type ComplaintMetricOptions, type DeliveryDelayMetricOptions, FeedbackMetrics } from './feedback-metrics';
export { FeedbackPipeline } from './feedback-pipeline';
export { type FeedbackPipelineProps, type OnFeedbackOptions } from './feedback-pipeline-props';
export { TransientBounces, type TransientBounceLimit } from './transient-bounces';
