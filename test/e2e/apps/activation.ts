/* A rule set with two rules, made the active one. Context: takeOver. */
import { App, Stack } from 'aws-cdk-lib';
import { ReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { AddHeader, Stop } from 'aws-cdk-lib/aws-ses-actions';
import { ActiveRuleSet } from '../../../src';

const app = new App();
const stack = new Stack(app, 'Activation');
// the emulator makes what it can in the order of the alphabet: by their names the rules would come after the activation
const ruleSet = new ReceiptRuleSet(stack, 'Set', { receiptRuleSetName: 'mail' });
ruleSet.addRule('Second', { receiptRuleName: 'first', actions: [new AddHeader({ name: 'X-Seen', value: 'yes' })] });
ruleSet.addRule('Third', { receiptRuleName: 'second', actions: [new Stop()] });
new ActiveRuleSet(stack, 'Active', { ruleSet, takeOver: app.node.getContext('takeOver') === 'true' });
