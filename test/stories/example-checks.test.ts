/*
 * The example apps, in this process: what the library reports of them, and what packs of rules say of all that is not the user's own.
 */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { App, AppProps, Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { MailChecks } from '../../src';
import { findingIdsOf } from '../support/stacks';

const mockApps: App[] = [];

/** An example keeps its app to itself. */
jest.mock('aws-cdk-lib', () => {
  const lib = jest.requireActual<{ App: new (props?: AppProps) => App }>('aws-cdk-lib');
  class CapturedApp extends lib.App {
    public constructor(props?: AppProps) {
      super(props);
      mockApps.push(this);
    }
  }
  return Object.create(lib, { App: { value: CapturedApp, enumerable: true } }) as object;
});

const EXAMPLES = readdirSync('examples', { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name);
const PACKS = [AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks, MailChecks];

/** What is not the library's: constructs that examples make beside, and of which rules have something to say. */
const OF_THE_USER: Record<string, string[]> = {
  'company-domain': ['CompanyDomain/Sender/'],
  'enterprise-account': ['EnterpriseAccount/Operators/', 'EnterpriseAccount/Users/', 'EnterpriseAccount/Shop/', 'EnterpriseAccount/MailServer/',
    'EnterpriseAccount/Migration/'],
  'support-inbox': ['SupportInbox/Operators/', 'SupportInbox/Desk/'],
  'two-streams': ['TwoStreams/FeedbackQueue/', 'TwoStreams/Complaints/', 'TwoStreams/Cashier/', 'TwoStreams/Editor/'],
  // CloudWatch describes alarms to nobody who may not describe all
  'watched-mail': ['WatchedMail/Operators/', 'WatchedMail/OnCall/'],
};

/** The smallest examples show a domain and nothing else. */
const WITHOUT_STREAM = ['bring-your-own-dkim', 'dns-elsewhere', 'dns-in-another-account', 'first-domain'];

function load(example: string): App {
  mockApps.length = 0;
  jest.requireActual(resolve('examples', example, 'app.ts'));
  expect(mockApps).toHaveLength(1);
  return mockApps[0];
}

describe.each(EXAMPLES)('%s', example => {
  const app = load(example);

  test('has nothing that the library reports', () => {
    expect(app.node.children.flatMap(stack => findingIdsOf(stack as Stack))).toEqual([]);
  });

  test('has nothing to which packs of rules object', () => {
    const found = PACKS.flatMap(Pack => new Pack(app).validateScope(app).violations)
      .flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => `${ruleName} ${String(resource.constructPath)}`))
      .filter(violation => !(OF_THE_USER[example] ?? []).some(place => violation.includes(` ${place}`)));
    expect(found.map(violation => violation.split(' ')[0])).toEqual(WITHOUT_STREAM.includes(example) ? ['CdkPostmaster-DefaultConfigurationSet'] : []);
  });
});
