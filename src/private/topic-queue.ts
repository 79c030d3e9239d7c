import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledged-rules';

/** As often as AWS advises. */
const TRIES = 5;

/** SQS counts the age of a dead letter from when it was sent first, so dead letters are kept for longer. */
const KEPT = Duration.days(4);
const DEAD_LETTERS_KEPT = Duration.days(14);

interface TopicQueueProps {
  /** What is on its way, for the key. */
  readonly description: string;
  readonly encryptionKey?: kms.IKey;
  /** How long whoever receives a message has to work on it. */
  readonly visibilityTimeout: Duration;
}

/** What brings messages of SES to somebody who works on them. */
export interface TopicQueue {
  readonly topic: sns.Topic;
  readonly queue: sqs.Queue;
  readonly deadLetterQueue: sqs.Queue;
}

/**
 * A topic, a queue that listens to it, and a queue for what could not be handled. SES can publish to an encrypted topic only with a key whose policy lets it,
 * so the topic has a key of its own; SQS encrypts the queues with one that costs nothing and needs no policy.
 */
export function topicQueue(scope: Construct, { description, encryptionKey, visibilityTimeout }: TopicQueueProps): TopicQueue {
  const masterKey = encryptionKey ?? new kms.Key(scope, 'Key', {
    description,
    enableKeyRotation: true,
    // nothing stays encrypted with it: SNS keeps messages until they are delivered
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const topic = new sns.Topic(scope, 'Topic', { masterKey, enforceSSL: true });
  const deadLetterQueue = deadLetters(scope, 'DeadLetters');
  const queue = new sqs.Queue(scope, 'Queue', {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout,
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
