/** The notifications that SES publishes of an identity by itself, whatever configuration set mail goes through. */
export const NOTIFICATION_TYPES = ['Bounce', 'Complaint', 'Delivery'] as const;

export type NotificationType = typeof NOTIFICATION_TYPES[number];
