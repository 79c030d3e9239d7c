import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as actions from 'aws-cdk-lib/aws-ses-actions';
import { receiveMail } from '../../src/receipt/receive-mail';
import { templateRules } from '../../src/receipt/template-rules';

const resource = (properties: object) => ({ Type: 'AWS::SES::ReceiptRule', Properties: properties });
const names = (resources: object, ruleSet?: string) => templateRules({ Resources: resources }, ruleSet).map(({ Name }) => Name);

test('the rules of an app run as they would in SES', async () => {
  const stack = new Stack(new App(), 'Stack');
  const gate = new lambda.Function(stack, 'Gate', { runtime: lambda.Runtime.NODEJS_LATEST, handler: 'index.handler', code: lambda.Code.fromInline('-') });
  new ses.ReceiptRuleSet(stack, 'Set', {
    rules: [
      { actions: [new actions.Lambda({ function: gate, invocationType: actions.LambdaInvocationType.REQUEST_RESPONSE })] },
      { recipients: ['support@example.com'], receiptRuleName: 'Support', actions: [new actions.Stop()] },
      { recipients: ['example.com'], actions: [new actions.AddHeader({ name: 'X-Rule', value: 'last' })] },
    ],
  });
  const rules = templateRules(Template.fromStack(stack).toJSON());
  const called: string[] = [];
  const { rules: traces } = await receiveMail({ rules, recipients: ['support@example.com'], invoke: functionArn => called.push(functionArn) });
  expect(called).toEqual([stack.resolve(gate.functionArn)['Fn::GetAtt'][0]]);
  expect(traces.map(({ rule, skipped, actions: ran }) => [rule, skipped, ...ran.map(({ type }) => type)])).toEqual([
    [expect.stringMatching(/^SetRule0/), undefined, 'Lambda'], ['Support', undefined, 'Stop'], [expect.stringMatching(/^SetRule2/), 'stopped'],
  ]);
});

test('rules stand behind those that they name, by name or by reference', () => {
  expect(names({
    Third: resource({ After: { Ref: 'Second' }, Rule: { Name: 'three' } }),
    Second: resource({ After: 'one', Rule: {} }),
    First: resource({ Rule: { Name: 'one' } }),
    Fourth: resource({ After: { 'Fn::GetAtt': ['Third', 'RuleName'] }, Rule: { Name: { Ref: 'Parameter' } } }),
    Elsewhere: resource({ After: 'rule-of-another-stack', Rule: { Name: 'five' } }),
    Topic: { Type: 'AWS::SNS::Topic' },
  })).toEqual(['one', 'Second', 'three', 'Parameter', 'five']);
});

test('of several rule sets, one is asked for', () => {
  const resources = { A: resource({ RuleSetName: { Ref: 'Set' }, Rule: { Name: 'a' } }), B: resource({ RuleSetName: 'other', Rule: { Name: 'b' } }) };
  expect([names(resources), names(resources, 'Set'), names(resources, 'other')]).toEqual([['a', 'b'], ['a'], ['b']]);
});

test('what is no template has no rules, and a circle none that can be placed', () => {
  expect([undefined, {}, { Resources: { A: resource({}), B: { Type: 'AWS::SES::ReceiptRule' }, C: null } }].flatMap(template => templateRules(template))).toEqual([]);
  expect(names({ A: resource({ After: 'B', Rule: {} }), B: resource({ After: 'A', Rule: {} }) })).toEqual([]);
});

test('a function that is nobody\'s resource keeps its expression', () => {
  const FunctionArn = { 'Fn::ImportValue': 'gate' };
  expect(templateRules({ Resources: { A: resource({ Rule: { Actions: [{ LambdaAction: { FunctionArn } }, { StopAction: {} }] } }) } })[0].Actions)
    .toEqual([{ LambdaAction: { FunctionArn: '{"Fn::ImportValue":"gate"}' } }, { StopAction: {} }]);
});
