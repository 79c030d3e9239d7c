import { App, CfnParameter, CfnResource, NestedStack, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ReceiptRule, ReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { S3 } from 'aws-cdk-lib/aws-ses-actions';
import { Construct } from 'constructs';
import { ActiveRuleSet, ActiveRuleSetDeletion, type ActiveRuleSetOptions } from '../../src';
import { NAG_PACKS } from '../support/nag-packs';
import { findingIdsOf, stackIn } from '../support/stacks';

const ACTIVE = 'Custom::PostmasterActiveRuleSet';
const BEFORE = 'Custom::PostmasterRuleSetBefore';
const SHARED = 'Custom::PostmasterSharedRuleSet';

function activate(scope: Construct, options: ActiveRuleSetOptions = {}, id = 'Active'): ActiveRuleSet {
  return new ActiveRuleSet(scope, id, { ruleSet: new ReceiptRuleSet(scope, `${id}Rules`, { receiptRuleSetName: 'inbox' }), ...options });
}

test('the set is activated after a look at what was active before, which it is told', () => {
  const stack = stackIn();
  activate(stack);
  const template = Template.fromStack(stack);
  template.hasResource(BEFORE, { Properties: { ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('ActiveRuleSetFunction'), 'Arn'] } } });
  expect(template.findResources(ACTIVE)).toEqual({
    PostmasterActiveRuleSet: {
      Type: ACTIVE,
      Properties: {
        ServiceToken: { 'Fn::GetAtt': [expect.stringContaining('ActiveRuleSetFunction'), 'Arn'] },
        RuleSetName: { Ref: expect.stringContaining('ActiveRules') },
        RuleSetBefore: { 'Fn::GetAtt': ['PostmasterRuleSetBefore', 'RuleSetName'] },
        TakeOver: 'false',
        OnDelete: 'RestorePrevious',
      },
      UpdateReplacePolicy: 'Delete',
      DeletionPolicy: 'Delete',
    },
  });
});

test('what is asked for is in the template', () => {
  const stack = stackIn();
  activate(stack, { takeOver: true, onDelete: ActiveRuleSetDeletion.DEACTIVATE });
  Template.fromStack(stack).hasResourceProperties(ACTIVE, { TakeOver: 'true', OnDelete: 'Deactivate' });
});

test('one function in a stack serves all, and may look, activate, and ask whether its own stack is rolled back', () => {
  const stack = stackIn();
  activate(stack);
  ActiveRuleSet.fromActiveRuleSetName(stack, 'Shared', 'INBOUND_MAIL');
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: Match.anyValue() },
        { Action: ['ses:DescribeActiveReceiptRuleSet', 'ses:SetActiveReceiptRuleSet'], Effect: 'Allow', Resource: '*' },
        { Action: 'cloudformation:DescribeStacks', Effect: 'Allow', Resource: { Ref: 'AWS::StackId' } },
        { Action: 'ses:DescribeActiveReceiptRuleSet', Effect: 'Allow', Resource: '*' },
      ],
    },
  });
});

test('it stays the same resource wherever it moves within its stack', () => {
  const [stack, other] = [stackIn(), stackIn()];
  activate(stack);
  activate(new Construct(other, 'Elsewhere'), {}, 'Renamed');
  const ids = (of: Stack) => [ACTIVE, BEFORE].flatMap(type => Object.keys(Template.fromStack(of).findResources(type)));
  expect(ids(stack)).toEqual(ids(other));
});

describe('the order', () => {
  test('every rule of the set in the stack comes first, whoever made it and whenever, and so do its permissions', () => {
    const stack = stackIn();
    const bucket = new Bucket(stack, 'Bucket');
    const { ruleSet } = activate(stack);
    ruleSet.addRule('First', { actions: [new S3({ bucket })] });
    new ReceiptRule(stack, 'Second', { ruleSet });
    const byName = ReceiptRuleSet.fromReceiptRuleSetName(stack, 'Other', 'another');
    new ReceiptRule(stack, 'Foreign', { ruleSet: byName });
    const template = Template.fromStack(stack);
    for (const type of [ACTIVE, BEFORE]) {
      const [{ DependsOn }] = Object.values(template.findResources(type));
      expect(DependsOn).toEqual([expect.stringMatching(/^ActiveRulesFirst/), expect.stringMatching(/^Second/)]);
    }
    const [{ DependsOn: ofRule }] = Object.values(template.findResources('AWS::SES::ReceiptRule', { Properties: { Rule: { Actions: Match.anyValue() } } }));
    expect(ofRule).toEqual([expect.stringMatching(/^BucketPolicy/)]);
  });

  test('a set that is known by its name is no exception', () => {
    const stack = stackIn();
    const ruleSet = ReceiptRuleSet.fromReceiptRuleSetName(stack, 'Rules', 'by-name');
    new ActiveRuleSet(stack, 'Active', { ruleSet });
    ruleSet.addRule('First');
    Template.fromStack(stack).hasResource(ACTIVE, { Properties: { RuleSetName: 'by-name' }, DependsOn: [Match.stringLikeRegexp('^RulesFirst')] });
  });
});

describe('a second active set', () => {
  const twoStacks = (env: [object, object]) => {
    const app = new App();
    const [one, other] = env.map((each, index) => new Stack(app, `Stack${index}`, each));
    activate(one);
    return { one, other };
  };
  const PLACE = { env: { account: '111122223333', region: 'eu-west-1' } };

  test('in the same stack is refused', () => {
    const stack = stackIn();
    activate(stack);
    expect(() => activate(stack, {}, 'Again')).toThrow('Stack/Active makes Stack/ActiveRules the active rule set of the same account and Region already, where SES has one; ' +
      'add the rules to that set, or leave one of the two out (at Stack/Again) [ActiveRuleSet.second]');
  });

  test('in a nested stack is refused', () => {
    const stack = stackIn();
    activate(stack);
    expect(() => activate(new NestedStack(stack, 'Nested'))).toThrow('[ActiveRuleSet.second]');
  });

  test('in another stack of the same account and Region is refused', () => {
    const { other } = twoStacks([PLACE, PLACE]);
    expect(() => activate(other)).toThrow('[ActiveRuleSet.second]');
  });

  test('in another Region is none', () => {
    const { one, other } = twoStacks([PLACE, { env: { ...PLACE.env, region: 'us-east-1' } }]);
    activate(other);
    expect([...findingIdsOf(one), ...findingIdsOf(other)]).toEqual([]);
  });

  test('in a stack that may be elsewhere is reported, and can be acknowledged', () => {
    const { other } = twoStacks([{}, {}]);
    activate(other);
    expect(findingIdsOf(other)).toEqual(['cdk-postmaster:ActiveRuleSet.perhapsSecond']);
    const again = twoStacks([{}, {}]).other;
    Validations.of(again).acknowledge({ id: 'cdk-postmaster:ActiveRuleSet.perhapsSecond', reason: 'test' });
    activate(again);
    expect(findingIdsOf(again)).toEqual([]);
  });
});

describe('a set that stays active', () => {
  test('must outlive its stack', () => {
    const stack = stackIn();
    activate(stack, { onDelete: ActiveRuleSetDeletion.KEEP });
    expect(() => Template.fromStack(stack)).toThrow('onDelete is KEEP, and the rule set Stack/ActiveRules is deleted with its stack, which SES refuses while it is active; ' +
      'retain the rule set (RemovalPolicy.RETAIN), or let it be deactivated (at Stack/Active) [ActiveRuleSet.kept]');
  });

  test.each([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('passes with the removal policy %s', policy => {
    const stack = stackIn();
    const { ruleSet } = activate(stack, { onDelete: ActiveRuleSetDeletion.KEEP });
    (ruleSet.node.defaultChild as CfnResource).applyRemovalPolicy(policy);
    Template.fromStack(stack).hasResourceProperties(ACTIVE, { OnDelete: 'Keep' });
  });

  test('passes when the set is imported', () => {
    const stack = stackIn();
    new ActiveRuleSet(stack, 'Active', { ruleSet: ReceiptRuleSet.fromReceiptRuleSetName(stack, 'Rules', 'by-name'), onDelete: ActiveRuleSetDeletion.KEEP });
    Template.fromStack(stack).hasResourceProperties(ACTIVE, { OnDelete: 'Keep' });
  });
});

describe('the active set of somebody else', () => {
  test('is named by the check, so that whatever belongs to it waits for that', () => {
    const stack = stackIn();
    const ruleSet = ActiveRuleSet.fromActiveRuleSetName(stack, 'Shared', 'INBOUND_MAIL');
    ruleSet.addRule('Ours', { after: ReceiptRule.fromReceiptRuleName(stack, 'Theirs', 'm-0123') });
    const template = Template.fromStack(stack);
    const [check] = Object.keys(template.findResources(SHARED, { Properties: { RuleSetName: 'INBOUND_MAIL' } }));
    template.hasResourceProperties('AWS::SES::ReceiptRule', { RuleSetName: { Ref: check }, After: 'm-0123' });
    template.resourceCountIs(ACTIVE, 0);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.not('ses:*') }), { Action: 'ses:DescribeActiveReceiptRuleSet', Effect: 'Allow', Resource: '*' }] },
    });
  });

  test('is checked anew under another name: by a resource of its own, which a roll-back only deletes', () => {
    const checkOf = (name: string) => {
      const stack = stackIn();
      ActiveRuleSet.fromActiveRuleSetName(stack, 'Shared', name);
      return Object.keys(Template.fromStack(stack).findResources(SHARED))[0];
    };
    expect(checkOf('INBOUND_MAIL')).toBe(checkOf('INBOUND_MAIL'));
    expect(checkOf('INBOUND_MAIL')).not.toBe(checkOf('another'));
  });

  test('may have a name that the deployment knows', () => {
    const stack = stackIn();
    ActiveRuleSet.fromActiveRuleSetName(stack, 'Shared', new CfnParameter(stack, 'Name').valueAsString);
    Template.fromStack(stack).hasResourceProperties(SHARED, { RuleSetName: { Ref: 'Name' } });
  });
});

test.each(NAG_PACKS)('%s finds nothing that is not acknowledged with a reason', (_, Pack) => {
  const stack = stackIn('eu-west-1');
  activate(stack);
  ActiveRuleSet.fromActiveRuleSetName(stack, 'Shared', 'INBOUND_MAIL');
  const root = stack.node.root as App;
  const { violations } = new Pack(root).validateScope(root);
  expect(violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(resource => ({ ruleName, ...resource })))).toEqual([]);
});
