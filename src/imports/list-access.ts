import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { SES } from '../private/ses-source';
import { statementJson } from '../private/topic';

/**
 * Lets SES read what it imports: exactly what its guide says. For imports SES gives the account as `aws:Referer`, and no `aws:SourceAccount`.
 */
export function openForImports(scope: Construct, bucket: s3.IBucket, prefix: string): void {
  const read = new iam.PolicyStatement({
    sid: 'AllowSESGet',
    principals: [new iam.ServicePrincipal(SES)],
    actions: ['s3:GetObject'],
    resources: [bucket.arnForObjects(`${prefix}*`)],
    conditions: { StringEquals: { 'aws:Referer': Stack.of(scope).account } },
  });
  if (!bucket.addToResourcePolicy(read).statementAdded) {
    finding(scope, 'ImportBucket.foreignBucket', `the policy of the bucket ${bucket.node.path} is not part of this app, and SES imports nothing that it may not read; its owner ` +
      `has to add the statement ${statementJson(scope, read)}, and to switch notifications through EventBridge on`);
  }
  openKey(scope, bucket);
}

function openKey(scope: Construct, bucket: s3.IBucket): void {
  const key = bucket.encryptionKey;
  if (!key) return;
  refuseManagedKey(scope, bucket);
  // a key policy names its own key as *
  const decrypt = new iam.PolicyStatement({ sid: 'AllowSESToDecrypt', principals: [new iam.ServicePrincipal(SES)], actions: ['kms:Decrypt'], resources: ['*'] });
  if (key.addToResourcePolicy(decrypt, true).statementAdded) return;
  finding(scope, 'ImportBucket.foreignKey', `the policy of the key ${key.node.path} is not part of this app, and SES imports nothing that it may not decrypt; its owner has to ` +
    `add the statement ${statementJson(scope, decrypt)}`);
}

function refuseManagedKey(scope: Construct, bucket: s3.IBucket): void {
  const key = bucket.encryptionKey;
  if (![key?.keyId, key?.keyArn].some(name => name?.includes('alias/aws/'))) return;
  failManagedKey(scope, bucket);
}

/** Refuses a bucket that only AWS can let SES into. */
export function failManagedKey(scope: Construct, bucket: s3.IBucket): never {
  fail('ImportBucket.managedKey', `the bucket ${bucket.node.path} is encrypted with an AWS-managed key, whose policy nobody can change, so SES may not use it; ` +
    'encrypt the bucket with keys of S3 or with a key of your own', scope);
}
