import { type CfnResource, CustomResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  ACCOUNT_BEFORE_RESOURCE_TYPE, ACCOUNT_SETTING_RESOURCE_TYPE, type AccountSettingDeletion, type AccountSettingProperties, VALUE_ATTRIBUTE,
} from './account-constants';
import { AccountSettingsFunction } from './account-settings-function';
import { acknowledgeWildcards } from '../private/acknowledged-rules';
import { customResourceHandler } from '../private/custom-resource-handler';

/** A setting of the account, and what it is to be. */
interface AccountSettingProps {
  readonly setting: string;
  readonly value: string;
  readonly onDelete: AccountSettingDeletion;
  /** What the function may do for it. */
  readonly permission: AccountPermission;
}

/** What the function may do for settings of a kind. */
interface AccountPermission {
  readonly kind: string;
  readonly statements: iam.PolicyStatementProps[];
}

/**
 * One setting of the account: first somebody looks how it is, then it is set. Each setting has resources of its own, so that one which is added later is put
 * back to what it was then.
 */
export class AccountSetting extends Construct {
  public constructor(scope: Construct, id: string, { setting, value, onDelete, permission }: AccountSettingProps) {
    super(scope, id);
    const { serviceToken, allowed } = accountHandler(this, permission);
    const before = new CustomResource(this, 'Before', { resourceType: ACCOUNT_BEFORE_RESOURCE_TYPE, serviceToken, properties: { Setting: setting } });
    const properties: AccountSettingProperties = { Setting: setting, Value: value, Before: before.getAttString(VALUE_ATTRIBUTE), OnDelete: onDelete };
    const resource = new CustomResource(this, 'Resource', { resourceType: ACCOUNT_SETTING_RESOURCE_TYPE, serviceToken, properties: { ...properties } });
    before.node.addDependency(allowed);
    this.node.defaultChild = resource.node.defaultChild as CfnResource;
  }
}

/**
 * The function behind the settings of the account, allowed to do some more.
 *
 * What is allowed for a kind is a policy of its own, which goes after the last setting of that kind. When a setting is no longer managed, CloudFormation first updates
 * what stays, so from a policy for all settings the permission to put this one back would be gone by then.
 */
export function accountHandler(scope: Construct, { kind, statements }: AccountPermission): { serviceToken: string; allowed: iam.Policy } {
  const handler = customResourceHandler(scope, AccountSettingsFunction);
  const place = handler.node.scope!;
  const allowed = place.node.tryFindChild(kind) as iam.Policy | undefined ??
    new iam.Policy(place, kind, { roles: [handler.role as iam.IRole], statements: statements.map(statement => new iam.PolicyStatement(statement)) });
  acknowledgeWildcards(allowed, statements.flatMap(({ resources = [] }) => resources),
    'SES has no resource for the account, nor for a dedicated IP address, which may go back to any pool.');
  return { serviceToken: handler.functionArn, allowed };
}
