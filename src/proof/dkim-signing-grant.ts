import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { SigningSettings } from './dkim-key-constants';

interface Signing {
  readonly secret: secretsmanager.ISecret;
  readonly identityArn: string;
  readonly settings: SigningSettings & { readonly SelectorPrefix: string };
}

/**
 * Lets a function have an identity sign with the key of a secret, and publish keys: records of one type under one kind of name in one zone.
 */
export function allowSigning(grantee: iam.IGrantable, { secret, identityArn, settings }: Signing): void {
  secret.grantRead(grantee);
  secret.grantWrite(grantee);
  const allow = (statement: iam.PolicyStatementProps) => grantee.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement(statement));
  allow({ actions: ['ses:GetEmailIdentity', 'ses:PutEmailIdentityDkimSigningAttributes'], resources: [identityArn] });
  const { Zone: zone } = settings;
  if (zone.RoleArn !== undefined) {
    allow({ actions: ['sts:AssumeRole'], resources: [zone.RoleArn] });
    return;
  }
  const zoneArn = Stack.of(secret).formatArn({ service: 'route53', region: '', account: '', resource: 'hostedzone', resourceName: zone.HostedZoneId });
  allow({ actions: ['route53:ListResourceRecordSets'], resources: [zoneArn] });
  allow({
    actions: ['route53:ChangeResourceRecordSets'],
    resources: [zoneArn],
    conditions: {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsRecordTypes': ['TXT'],
        'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
      },
      // a selector is made up with its key
      'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`${settings.SelectorPrefix}*._domainkey.${settings.Identity}`] },
      'Null': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false' },
    },
  });
}
