import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ContactList, type ContactListProps, type ContactTopic, TopicSubscription } from '../../src/recipients';

function make(props?: ContactListProps) {
  const stack = new Stack(new App(), 'Mail');
  return { stack, list: new ContactList(stack, 'Readers', props) };
}

const topic = (name: string, more: Partial<ContactTopic> = {}): ContactTopic => ({ name, displayName: name, ...more });
const topics = (count: number) => Array.from({ length: count }, (_, index) => topic(`t${index}`));

test('a list has its topics in their order, and a topic is joined only by those who ask for it', () => {
  const { stack, list } = make({ description: 'News', topics: [topic('offers', { description: 'Monthly' })] });
  list.addTopic(topic('security', { defaultSubscription: TopicSubscription.OPT_IN }));
  Template.fromStack(stack).hasResourceProperties('AWS::SES::ContactList', {
    ContactListName: list.contactListName,
    Description: 'News',
    Topics: [
      { TopicName: 'offers', DisplayName: 'offers', Description: 'Monthly', DefaultSubscriptionStatus: 'OPT_OUT' },
      { TopicName: 'security', DisplayName: 'security', DefaultSubscriptionStatus: 'OPT_IN' },
    ],
  });
  expect(list.contactListName).toMatch(/^Mail-Readers-[0-9A-F]{8}$/);
});

test('a list without topics says nothing of them', () => {
  Template.fromStack(make().stack).hasResourceProperties('AWS::SES::ContactList', { Topics: Match.absent() });
});

test('a list stays when its stack goes, unless it is to go too', () => {
  Template.fromStack(make().stack).hasResource('AWS::SES::ContactList', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  Template.fromStack(make({ removalPolicy: RemovalPolicy.DESTROY }).stack).hasResource('AWS::SES::ContactList', { DeletionPolicy: 'Delete' });
});

describe('on the one list, and nothing else,', () => {
  const granted = (grant: (list: ContactList, role: iam.Role) => iam.Grant) => {
    const { stack, list } = make({ contactListName: 'readers' });
    grant(list, new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));
    const [{ Properties: { PolicyDocument } }] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(PolicyDocument.Statement[0].Resource).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':contact-list/readers']],
    });
    return PolicyDocument.Statement[0].Action as string[];
  };

  test('readers may look', () => {
    expect(granted((list, role) => list.grantRead(role))).toEqual(['ses:GetContactList', 'ses:GetContact', 'ses:ListContacts']);
  });

  test('those who manage contacts may not change the list itself', () => {
    expect(granted((list, role) => list.grantManageContacts(role)).filter(action => /Update|Create|Delete/.test(action)).sort())
      .toEqual(['ses:CreateContact', 'ses:DeleteContact', 'ses:UpdateContact']);
  });
});

test.each<[string, ContactListProps, string]>([
  ['a name that SES does not take', { contactListName: 'my readers' }, 'SesName.form'],
  ['a long description', { description: 'x'.repeat(501) }, 'ContactList.length'],
  ['a topic with a blank', { topics: [topic('a b')] }, 'SesName.form'],
  ['a topic without a name to read', { topics: [topic('a', { displayName: '' })] }, 'ContactList.length'],
  ['a topic with a long name to read', { topics: [topic('a', { displayName: 'x'.repeat(129) })] }, 'ContactList.length'],
  ['a topic with a long description', { topics: [topic('a', { description: 'x'.repeat(501) })] }, 'ContactList.length'],
  ['two topics of one name', { topics: [topic('a'), topic('a')] }, 'ContactList.topicTwice'],
  ['the twenty-first topic', { topics: topics(21) }, 'ContactList.tooManyTopics'],
])('%s is refused', (_, props, code) => {
  expect(() => make(props)).toThrow(expect.objectContaining({ code, path: 'Mail/Readers' }));
});

test('twenty topics are taken', () => {
  expect(() => make({ topics: topics(20) })).not.toThrow();
});

test('a second list of an account and Region is refused, one elsewhere is not', () => {
  const { stack } = make();
  expect(() => new ContactList(stack, 'More')).toThrow('Mail/Readers is a contact list of the same account and Region already, and SES has one; give it topics instead (at Mail/More) [ContactList.twice]');
  expect(() => new ContactList(new Stack(stack.node.root as App, 'Far', { env: { region: 'eu-west-1' } }), 'More')).not.toThrow();
});

test('an imported list can be granted on', () => {
  const stack = new Stack();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
  ContactList.fromContactListName(stack, 'List', 'readers').grantRead(role);
  Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 1);
  expect(() => ContactList.fromContactListName(stack, 'Bad', 'a b')).toThrow('[SesName.form]');
});
