export { type ReadMailOptions } from './grant-read-mail';
export { MailBucket, type MailBucketProps } from './mail-bucket';
export { MailQueue, type MailQueueProps } from './mail-queue';
