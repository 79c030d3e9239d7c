import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { HANDLER_TIMEOUT } from './feedback-handler';
import { acknowledge } from '../private/acknowledged-rules';

/** What AWS advises for a queue that calls a function: time for all the tries of a batch that is throttled. */
const VISIBILITY = Duration.minutes(6 * HANDLER_TIMEOUT.toMinutes());

/** As often as AWS advises. */
const TRIES = 5;

/** SQS counts the age of a dead letter from when it was sent first, so dead letters are kept for longer. */
const KEPT = Duration.days(4);
const DEAD_LETTERS_KEPT = Duration.days(14);

/** What brings feedback to the function. */
export interface FeedbackQueue {
  readonly topic: sns.Topic;
  readonly queue: sqs.Queue;
  readonly deadLetterQueue: sqs.Queue;
}

/**
 * A topic, a queue that listens to it, and a queue for what could not be handled. SES can publish to an encrypted topic only with a key whose policy lets it,
 * so the topic has a key of its own; SQS encrypts the queues with one that costs nothing and needs no policy.
 */
export function feedbackQueue(scope: Construct, encryptionKey?: kms.IKey): FeedbackQueue {
  const masterKey = encryptionKey ?? new kms.Key(scope, 'Key', {
    description: 'Feedback on mail on its way from SES',
    enableKeyRotation: true,
    // nothing stays encrypted with it: SNS keeps messages until they are delivered
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const topic = new sns.Topic(scope, 'Topic', { masterKey, enforceSSL: true });
  const deadLetterQueue = deadLetters(scope, 'DeadLetters');
  const queue = new sqs.Queue(scope, 'Queue', {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout: VISIBILITY,
    retentionPeriod: KEPT,
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: TRIES },
  });
  topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true, deadLetterQueue }));
  return { topic, queue, deadLetterQueue };
}

/** A queue for what nobody could handle. */
export function deadLetters(scope: Construct, id: string): sqs.Queue {
  const queue = new sqs.Queue(scope, id, { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: DEAD_LETTERS_KEPT });
  const reason = 'The queue is where events end that nobody could work off.';
  acknowledge(queue, 'SQS3', ['AwsSolutions'], reason);
  acknowledge(queue, 'SQSRedrivePolicy', ['Serverless'], reason);
  return queue;
}
