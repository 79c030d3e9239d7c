import { CfnOutput, Duration, RemovalPolicy, type Stack, Validations } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { FeedbackNotifications, IdentityActions, IdentityPolicy, type IMailIdentity, SendInterface } from '../../../../src';

/** What a part is made for. */
export interface DelegationPart {
  /** A domain of the stack, without a default configuration set. */
  readonly domain: IMailIdentity;

  /** The account that may send from it. */
  readonly partner: string;

  /** The bounces' topic has the headers of the message; changes with it, so that a deployment can change something. */
  readonly includeHeaders?: boolean;
}

/**
 * A domain that others send from, and that tells of bounces and complaints by topics. All of it goes with the stack.
 */
export function addDelegation(stack: Stack, { domain, partner, includeHeaders }: DelegationPart): FeedbackNotifications {
  domain.authorizeSender({ principals: [new iam.AccountPrincipal(partner)], sendInterface: SendInterface.SMTP, fromAddresses: ['partner@example.com'] });
  domain.authorizeCognito(cognito.UserPool.fromUserPoolId(stack, 'Users', 'eu-west-1_Users'));
  new IdentityPolicy(stack, 'Operators', {
    identity: domain,
    policyName: 'operators',
    statements: [new iam.PolicyStatement({ principals: [new iam.AccountRootPrincipal()], actions: IdentityActions.READ })],
  });
  new CfnOutput(stack, 'IdentityArn', { value: domain.identityArn });

  const topic = heardTopic(stack);
  return new FeedbackNotifications(stack, 'Notifications', { identity: domain, bounces: { topic, includeHeaders }, complaints: { topic } });
}

/** An encrypted topic with a queue behind it. With the same key for both, the key would wait for the topic and the topic for the key. */
function heardTopic(stack: Stack): sns.Topic {
  const key = new kms.Key(stack, 'NotificationKey', { enableKeyRotation: true, pendingWindow: Duration.days(7), removalPolicy: RemovalPolicy.DESTROY });
  const topic = new sns.Topic(stack, 'NotificationTopic', { masterKey: key, enforceSSL: true });
  const queue = new sqs.Queue(stack, 'NotificationQueue', { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true });
  topic.addSubscription(new SqsSubscription(queue));
  Validations.of(queue).acknowledge(...['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy', 'Serverless-SNSRedrivePolicy']
    .map(id => ({ id, reason: 'Somebody reads the queue by hand; what is lost is in the metrics of the account.' })));
  return topic;
}
