import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { fail, located } from '../private/errors';
import { otherRegion } from '../private/other-region';
import { checkMessageKey } from '../receipt/action-target';

/**
 * Refuses a key with which SES cannot encrypt messages.
 */
export function checkMailKey(scope: Construct, key: kms.IKey): void {
  if (key instanceof kms.Alias) {
    fail('MailAction.keyAlias', `the key is given by its alias ${key.node.path}, which may mean another key in the account that reads; give the key itself`, scope);
  }
  located(scope, () => checkMessageKey(key.keyArn));
  const other = otherRegion(scope, key.keyArn, key.env);
  if (other) {
    fail('MailAction.keyRegion', `the key ${key.node.path} is in ${other} and the rule in ${Stack.of(scope).region}; SES encrypts with keys of its own Region only, so ` +
      'give a key there', scope);
  }
  const resource = key.node.defaultChild;
  const spec = resource instanceof kms.CfnKey ? resource.keySpec : undefined;
  if (spec !== undefined && spec !== kms.KeySpec.SYMMETRIC_DEFAULT) {
    fail('MailAction.keySpec', `the key ${key.node.path} is of the kind ${spec}; SES asks KMS for data keys, which only a symmetric key for encryption gives`, scope);
  }
}

/**
 * The key that AWS keeps for SES in each account. It needs no permission.
 */
export function sesManagedKeyArn(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'kms', resource: 'alias', resourceName: 'aws/ses', arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
}
