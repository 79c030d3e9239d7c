import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import { needsRole } from './bucket-checks';
import type { MailRuleReference } from './mail-action';
import { sourceOf, type SourceArnScope } from './rule-source';
import { openTopic } from './rule-topic';
import { acknowledgeWildcards } from '../private/acknowledged-rules';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { allowKey, allowPut } from '../private/ses-access';
import { distrustsSes, sesRole } from '../private/ses-role';
import { statementJson } from '../private/topic';

/** What SES needs in order to put mail into a bucket. */
interface Needs {
  readonly rule: MailRuleReference;
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  readonly key?: kms.IKey;
  readonly notifyTopic?: sns.ITopic;
  readonly sourceArnScope: SourceArnScope;
}

/** How it gets that. */
interface Access {
  readonly iamRoleArn?: string;
  readonly permissions: IDependable[];
}

/**
 * How SES gets at a bucket, its key, the key for messages, and the topic that is told.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html
 */
export abstract class BucketAccess {
  /**
   * By the policies of the bucket, the keys and the topic. What is imported cannot be changed: the statements that its owner has to add are reported.
   */
  public static policy(): BucketAccess {
    return new PolicyAccess();
  }

  /**
   * Through a role which only SES can assume, and which may write below the prefix, use the keys and tell the topic, and nothing else. For buckets in Regions
   * that have to be switched on, or where SES does not receive, it is the only way. A bucket of another account has to let the role write.
   */
  public static role(): BucketAccess {
    return new RoleAccess();
  }

  /**
   * Through a role that exists already. It has to trust `ses.amazonaws.com`, and have no path in its name; what it needs to be allowed is added to it.
   *
   * @param role the role; import it with `mutable: false` if it is allowed all of it already
   */
  public static existingRole(role: iam.IRole): BucketAccess {
    return new RoleAccess(role);
  }

  /**
   * Gives SES what it needs.
   *
   * @internal
   */
  public abstract _bind(scope: Construct, needs: Needs): Access;
}

class PolicyAccess extends BucketAccess {
  /** @internal */
  public _bind(scope: Construct, needs: Needs): Access {
    const { bucket, notifyTopic, rule } = needs;
    if (needsRole(bucket)) {
      finding(scope, 'MailAction.bucketNeedsRole', `the bucket ${bucket.node.path} is in ${bucket.env.region}, which has to be switched on, or where SES does not receive ` +
        'mail; for such a bucket SES insists on a role, and refuses the rule. Use BucketAccess.role(), or leave `access` out');
    }
    return { permissions: [...openBucket(scope, needs), ...openKeys(scope, needs), ...notifyTopic ? openTopic(scope, notifyTopic, rule) : []] };
  }
}

function openBucket(scope: Construct, { rule, bucket, prefix, sourceArnScope }: Needs): IDependable[] {
  const { dependencies, missing } = allowPut(bucket, prefix, sourceOf(scope, rule, bucket, sourceArnScope));
  if (missing) {
    finding(scope, 'MailAction.foreignBucket', `the policy of the bucket ${bucket.node.path} is not part of this app, and SES refuses a rule with a bucket into which it may ` +
      `not write; its owner has to add the statement ${statementJson(scope, missing)}`);
  }
  return dependencies;
}

/** The key for messages is for encryption only, unless S3 encrypts too: then SES has to read what it has written. */
function openKeys(scope: Construct, { rule, bucket, key, sourceArnScope }: Needs): IDependable[] {
  const bucketKey = bucket.encryptionKey;
  const uses = [...key ? [{ used: key, decrypt: bucketKey !== undefined }] : [], ...bucketKey ? [{ used: bucketKey, decrypt: true }] : []];
  return uses.flatMap(({ used, decrypt }) => {
    const { dependencies, missing } = allowKey(used, sourceOf(scope, rule, used, sourceArnScope), decrypt);
    if (missing) {
      finding(scope, 'MailAction.foreignKey', `the policy of the key ${used.node.path} is not part of this app, and SES refuses a rule with a key that it may not use; its ` +
        `owner has to add the statement ${statementJson(scope, missing)}`);
    }
    return dependencies;
  });
}

class RoleAccess extends BucketAccess {
  public constructor(private readonly role?: iam.IRole) {
    super();
  }

  /** @internal */
  public _bind(scope: Construct, needs: Needs): Access {
    const statements = statementsFor(needs);
    if (!this.role) {
      const role = sesRole(scope, sourceOf(scope, needs.rule, scope, needs.sourceArnScope), 'StoreMail', statements);
      acknowledgeWildcards(role, [objectsOf(needs)], 'The wildcard stands for the names that SES gives to messages, below one prefix of one bucket.');
      return { iamRoleArn: role.roleArn, permissions: [role] };
    }
    if (distrustsSes(this.role)) {
      fail('MailAction.untrustingRole', `the role ${this.role.node.path} does not trust ses.amazonaws.com, so SES could not assume it; use BucketAccess.role(), or add ` +
        'the service to its trust policy', scope);
    }
    return { iamRoleArn: this.role.roleArn, permissions: [this.role, ...statements.flatMap(statement => this.add(scope, this.role!, statement))] };
  }

  private add(scope: Construct, role: iam.IRole, statement: iam.PolicyStatement): IDependable[] {
    const { statementAdded, policyDependable } = role.addToPrincipalPolicy(statement);
    if (!statementAdded) {
      fail('MailAction.foreignRole', `the role ${role.node.path} cannot be given the statement ${statementJson(scope, statement)}; let it have that, and import it with ` +
        'Role.fromRoleArn(..., { mutable: false })', scope);
    }
    return policyDependable ? [policyDependable] : [];
  }
}

/** With a role, SES uses the role alone, for the keys and the topic, too. */
function statementsFor(needs: Needs): iam.PolicyStatement[] {
  const { bucket, key, notifyTopic } = needs;
  const allow = (resource: string | undefined, ...actions: string[]) =>
    resource === undefined ? [] : [new iam.PolicyStatement({ actions, resources: [resource] })];
  return [
    ...allow(objectsOf(needs), 's3:PutObject'),
    ...allow(key?.keyArn, 'kms:Encrypt', 'kms:GenerateDataKey'),
    ...allow(bucket.encryptionKey?.keyArn, 'kms:GenerateDataKey', 'kms:Decrypt'),
    ...allow(notifyTopic?.topicArn, 'sns:Publish'),
    ...allow(notifyTopic?.masterKey?.keyArn, 'kms:GenerateDataKey', 'kms:Decrypt'),
  ];
}

function objectsOf({ bucket, prefix }: Needs): string {
  return bucket.arnForObjects(`${prefix}*`);
}
