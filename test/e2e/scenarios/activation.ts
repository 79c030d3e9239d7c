import assert from 'node:assert/strict';
import { SES } from '@aws-sdk/client-ses';
import type { Aws } from '../aws';
import type { Scenario } from '../scenario';

const STACK = 'Activation';
const WORKMAIL = 'INBOUND_MAIL';

export const scenario: Scenario = {
  title: 'one rule set is active: a foreign one is not displaced, unless that is asked for, and becomes active again in the end',
  region: 'eu-west-1',
  async play({ report: { step }, aws, cdk }) {
    const ses = new SES(aws.config);
    const active = async () => {
      const { Metadata, Rules } = await ses.describeActiveReceiptRuleSet({});
      return [Metadata?.Name, ...(Rules ?? []).map(({ Name }) => Name)];
    };
    const ruleSets = async () => (await ses.listReceiptRuleSets({})).RuleSets!.map(({ Name }) => Name);
    const options = (takeOver: boolean) => ({ app: 'npx tsx test/e2e/apps/activation.ts', context: { takeOver: String(takeOver) } });
    for (const RuleSetName of [WORKMAIL, 'stranger']) await ses.createReceiptRuleSet({ RuleSetName });
    await ses.setActiveReceiptRuleSet({ RuleSetName: WORKMAIL });
    await step('cdk bootstrap', () => cdk.bootstrap());

    const refused = await step('cdk deploy fails while the set of WorkMail is active', () => cdk.deployFails(options(false)));
    const template = await templateOf(aws);
    await step('it names the set and the cures; the roll-back leaves everything as it was', async () => {
      assert.match(refused.replace(/\s+/g, ' '), /the rule set INBOUND_MAIL, which is that of Amazon WorkMail, is active .* or pass takeOver\./);
      assert.deepEqual([await active(), await ruleSets()], [[WORKMAIL], [WORKMAIL, 'stranger']]);
      await aws.deleteStack(STACK);
    });
    await step('with takeOver, a creation that fails later makes the set of WorkMail active again', async () => {
      assert.equal((await aws.putStack(STACK, template({ takeOver: true, fails: true }))).status, 'ROLLBACK_COMPLETE');
      assert.deepEqual([await active(), await ruleSets()], [[WORKMAIL], [WORKMAIL, 'stranger']]);
      await aws.deleteStack(STACK);
    });

    await step('cdk deploy with takeOver', () => cdk.deploy(options(true)));
    await step('our set is active, with its rules in order', async () => assert.deepEqual(await active(), ['mail', 'first', 'second']));
    const physicalIds = await aws.physicalIds(STACK);

    await step('an update to another set that fails later is taken back', async () => {
      assert.equal((await aws.putStack(STACK, template({ name: 'other', takeOver: true, fails: true }))).status, 'UPDATE_ROLLBACK_COMPLETE');
      assert.deepEqual([await active(), await ruleSets()], [['mail', 'first', 'second'], [WORKMAIL, 'mail', 'stranger']]);
      assert.deepEqual(await aws.physicalIds(STACK), physicalIds);
    });
    await step('an update to another set makes that active, and the old one is gone', async () => {
      assert.equal((await aws.putStack(STACK, template({ name: 'other', takeOver: true }))).status, 'UPDATE_COMPLETE');
      assert.deepEqual([await active(), await ruleSets()], [['other', 'first', 'second'], [WORKMAIL, 'other', 'stranger']]);
    });
    await step('once somebody has activated a set of his own, an update is refused and taken back, and his is still active', async () => {
      await ses.setActiveReceiptRuleSet({ RuleSetName: 'stranger' });
      const { status, reasons } = await aws.putStack(STACK, template({ name: 'third' }));
      assert.equal(status, 'UPDATE_ROLLBACK_COMPLETE');
      assert.match(reasons, /the rule set stranger is active/);
      assert.deepEqual([await active(), await ruleSets()], [['stranger'], [WORKMAIL, 'other', 'stranger']]);
      await ses.setActiveReceiptRuleSet({ RuleSetName: 'other' });
    });

    await step('cdk destroy', () => cdk.destroy(options(true)));
    await step('the set that was active at first is active again, and nothing is left', async () => {
      assert.deepEqual([await active(), await ruleSets()], [[WORKMAIL], [WORKMAIL, 'stranger']]);
      assert.equal(await aws.stackStatus(STACK), undefined);
    });
  },
};

interface Variation {
  readonly name?: string;
  readonly takeOver?: boolean;
  /** Whether a resource is there that fails once the set is active. */
  readonly fails?: boolean;
}

/** The template as it was deployed, in variations. */
async function templateOf(aws: Aws) {
  const { TemplateBody } = await aws.cloudFormation.getTemplate({ StackName: STACK });
  return ({ name = 'mail', takeOver = false, fails = false }: Variation) => {
    const { Resources, ...rest } = JSON.parse(TemplateBody!) as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
    Object.values(Resources).find(({ Type }) => Type === 'AWS::SES::ReceiptRuleSet')!.Properties.RuleSetName = name;
    Resources.PostmasterActiveRuleSet.Properties.TakeOver = String(takeOver);
    const failing = { Type: 'AWS::SES::ReceiptRule', DependsOn: 'PostmasterActiveRuleSet', Properties: { RuleSetName: 'no-such-set', Rule: { Name: 'never' } } };
    return { ...rest, Resources: { ...Resources, ...fails ? { Fails: failing } : {} } };
  };
}
