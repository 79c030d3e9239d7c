import { Lazy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct, IDependable } from 'constructs';
import { isPattern, SES, type SesSource, sourceConditions } from './ses-source';

/*
 * What SES may do with topics, keys and buckets, by their own policies. SES tries it out when something that needs it is created, so that has to wait for
 * `dependencies`. Policies are short of room: sources that may do the same share a statement.
 */

/** What became of a permission. */
export interface SesAccess {
  /** What to wait for. */
  readonly dependencies: IDependable[];

  /** The statement that the owner has to add, when the policy is not part of the app. */
  readonly missing?: iam.PolicyStatement;
}

/** Lets SES publish to a topic. */
export function allowPublish(topic: sns.ITopic, source: SesSource): SesAccess {
  return allow(topic, { actions: ['sns:Publish'], resources: [topic.topicArn] }, source, statement => topic.addToResourcePolicy(statement));
}

/** Lets SES use a key: to encrypt, or also to decrypt, as it must where the key belongs to a topic or a bucket. */
export function allowKey(key: kms.IKey, source: SesSource, decrypt: boolean): SesAccess {
  const actions = ['kms:GenerateDataKey*', ...decrypt ? ['kms:Decrypt'] : []];
  // a key policy names its own key as *
  const { missing } = allow(key, { actions, resources: ['*'] }, source, statement => key.addToResourcePolicy(statement, true));
  return { dependencies: [key], missing };
}

/** Lets SES write objects whose names begin with a prefix. */
export function allowPut(bucket: s3.IBucket, prefix: string, source: SesSource): SesAccess {
  return allow(bucket, { actions: ['s3:PutObject'], resources: [bucket.arnForObjects(`${prefix}*`)] }, source, statement => bucket.addToResourcePolicy(statement));
}

interface Permission {
  readonly actions: string[];
  readonly resources: string[];
}

interface SharedStatement {
  readonly arns: Set<string | undefined>;
  readonly access: SesAccess;
}

/** The statements in policies of this app, by their holder and by what they say. */
const shared = new WeakMap<IConstruct, Map<string, SharedStatement>>();

type Add = (statement: iam.PolicyStatement) => iam.AddToResourcePolicyResult;

function allow(holder: IConstruct, permission: Permission, source: SesSource, add: Add): SesAccess {
  const ofHolder = shared.get(holder) ?? new Map<string, SharedStatement>();
  shared.set(holder, ofHolder);
  const key = JSON.stringify([permission, source.account, source.arn === undefined, isPattern(source)]);
  const known = ofHolder.get(key);
  if (known) {
    known.arns.add(source.arn);
    return known.access;
  }
  const arns = new Set([source.arn]);
  const rendered = Lazy.any({ produce: () => arns.size > 1 ? [...arns] : [...arns][0] });
  const { statementAdded, policyDependable } = add(statementOf(permission, source, rendered));
  // each user of a policy that cannot be changed is told of the statement that it needs
  if (!statementAdded) return { dependencies: [], missing: statementOf(permission, source, source.arn) };
  const access = { dependencies: policyDependable ? [policyDependable] : [] };
  ofHolder.set(key, { arns, access });
  return access;
}

function statementOf({ actions, resources }: Permission, source: SesSource, arns: unknown): iam.PolicyStatement {
  return new iam.PolicyStatement({ principals: [new iam.ServicePrincipal(SES)], actions, resources, conditions: sourceConditions(source, arns) });
}
