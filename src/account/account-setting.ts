import { type CfnResource, CustomResource } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import {
  ACCOUNT_BEFORE_RESOURCE_TYPE, ACCOUNT_SETTING_RESOURCE_TYPE, type AccountSettingDeletion, type AccountSettingProperties, VALUE_ATTRIBUTE,
} from './account-constants';
import { AccountSettingsFunction } from './account-settings-function';
import { acknowledgeWildcards } from '../private/acknowledged-rules';
import { customResourceHandler } from '../private/custom-resource-handler';
import { permit } from '../private/handler-permission';

/** A setting of the account, and what it is to be. */
interface AccountSettingProps {
  readonly setting: string;
  readonly value: string;
  readonly onDelete: AccountSettingDeletion;
  /** What the function may do for it. */
  readonly statements: iam.PolicyStatementProps[];
}

/**
 * One setting of the account: first somebody looks how it is, then it is set. Each setting has resources of its own, so that one which is added later is put
 * back to what it was then.
 */
export class AccountSetting extends Construct {
  public constructor(scope: Construct, id: string, { setting, value, onDelete, statements }: AccountSettingProps) {
    super(scope, id);
    const { serviceToken, allowed } = accountHandler(this, statements);
    const before = new CustomResource(this, 'Before', { resourceType: ACCOUNT_BEFORE_RESOURCE_TYPE, serviceToken, properties: { Setting: setting } });
    const properties: AccountSettingProperties = { Setting: setting, Value: value, Before: before.getAttString(VALUE_ATTRIBUTE), OnDelete: onDelete };
    const resource = new CustomResource(this, 'Resource', { resourceType: ACCOUNT_SETTING_RESOURCE_TYPE, serviceToken, properties: { ...properties } });
    before.node.addDependency(allowed);
    this.node.defaultChild = resource.node.defaultChild as CfnResource;
  }
}

/** The function behind the settings of the account, allowed to do some more for those that depend on it. */
export function accountHandler(scope: Construct, statements: iam.PolicyStatementProps[]): { serviceToken: string; allowed: IDependable } {
  const handler = customResourceHandler(scope, AccountSettingsFunction);
  acknowledgeWildcards(handler.node.scope!, statements.flatMap(({ resources = [] }) => resources),
    'SES has no resource for the account, nor for a dedicated IP address, which may go back to any pool.');
  return { serviceToken: handler.functionArn, allowed: permit(handler, statements) };
}
