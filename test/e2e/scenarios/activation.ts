import assert from 'node:assert/strict';
import { SES } from '@aws-sdk/client-ses';
import type { Scenario } from '../scenario';

const STACK = 'Activation';

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
    const options = (ruleSet: string, takeOver: boolean, fails = false) => ({
      app: 'npx tsx test/e2e/apps/activation.ts', context: { ruleSet, takeOver: String(takeOver), fails: String(fails) },
    });
    for (const RuleSetName of ['INBOUND_MAIL', 'stranger']) await ses.createReceiptRuleSet({ RuleSetName });
    await ses.setActiveReceiptRuleSet({ RuleSetName: 'INBOUND_MAIL' });
    await step('cdk bootstrap', () => cdk.bootstrap());

    const refused = await step('cdk deploy fails while the set of WorkMail is active', () => cdk.deployFails(options('mail', false)));
    await step('it names the set and the cures; the roll-back leaves everything as it was', async () => {
      assert.match(refused.replace(/\s+/g, ' '), /the rule set INBOUND_MAIL, which is that of Amazon WorkMail, is active .* or pass takeOver\./);
      assert.deepEqual([await active(), await ruleSets()], [['INBOUND_MAIL'], ['INBOUND_MAIL', 'stranger']]);
      await aws.deleteStack(STACK);
    });
    await step('cdk deploy with takeOver, and with a resource that fails afterwards, fails', () => cdk.deployFails(options('mail', true, true)));
    await step('the roll-back has made the set of WorkMail active again', async () => {
      assert.deepEqual([await active(), await ruleSets()], [['INBOUND_MAIL'], ['INBOUND_MAIL', 'stranger']]);
      await aws.deleteStack(STACK);
    });
    await step('cdk deploy with takeOver', () => cdk.deploy(options('mail', true)));
    await step('our set is active, with its rules in order', async () => assert.deepEqual(await active(), ['mail', 'first', 'second']));
    const physicalIds = await aws.physicalIds(STACK);
    const stackId = await aws.stackId(STACK);

    await step('cdk deploy with another set, and with a resource that fails afterwards, fails', () => cdk.deployFails(options('other', true, true)));
    await step('the roll-back has made the old set active again, and removed the new one', async () => {
      assert.deepEqual([await active(), await ruleSets()], [['mail', 'first', 'second'], ['INBOUND_MAIL', 'mail', 'stranger']]);
      assert.deepEqual(await aws.physicalIds(STACK), physicalIds);
    });
    await step('cdk deploy with another set', () => cdk.deploy(options('other', true)));
    await step('the new set is active, and the old one is gone', async () => {
      assert.deepEqual([await active(), await ruleSets()], [['other', 'first', 'second'], ['INBOUND_MAIL', 'other', 'stranger']]);
    });
    await step('somebody activates a set of his own', () => ses.setActiveReceiptRuleSet({ RuleSetName: 'stranger' }));
    const displaced = await step('cdk deploy with another set fails, without takeOver', () => cdk.deployFails(options('mail', false)));
    await step('it names the set, which is still active, and the stack is as it was', async () => {
      assert.match(displaced, /the rule set stranger is active/);
      assert.deepEqual([await active(), await ruleSets()], [['stranger'], ['INBOUND_MAIL', 'other', 'stranger']]);
      assert.equal(await aws.stackStatus(STACK), 'UPDATE_ROLLBACK_COMPLETE');
    });
    await step('somebody lets our set be active again', () => ses.setActiveReceiptRuleSet({ RuleSetName: 'other' }));
    await step('cdk destroy', () => cdk.destroy(options('other', true)));
    await step('the set that was active at first is active again, and nothing is left', async () => {
      assert.deepEqual([await active(), await ruleSets()], [['INBOUND_MAIL'], ['INBOUND_MAIL', 'stranger']]);
      assert.equal((await aws.deletedResources(stackId)).length, Object.keys(physicalIds).length);
    });
  },
};
