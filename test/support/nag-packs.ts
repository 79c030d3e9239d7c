import type { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, type NagPack, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { MailChecks } from '../../src';

/** All packs of rules that the library is held against, by name. */
export const NAG_PACKS: [name: string, pack: new (scope: App) => NagPack][] = [
  ['AWS Solutions', AwsSolutionsChecks], ['HIPAA', HIPAASecurityChecks], ['NIST 800-53 r5', NIST80053R5Checks],
  ['PCI DSS 3.2.1', PCIDSS321Checks], ['Serverless', ServerlessChecks], ['the library\'s own pack', MailChecks],
];
