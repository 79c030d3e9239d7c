export { FeedbackNotifications, type FeedbackNotificationsOptions, type FeedbackNotificationsProps, type NotificationTopicOptions } from './feedback-notifications';
