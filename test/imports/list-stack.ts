import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';

/** The topic of a stack. */
export function topicIn(stack: Stack): sns.ITopic {
  return stack.node.tryFindChild('Operators') as sns.Topic | undefined ?? new sns.Topic(stack, 'Operators');
}

/** The statements of the only policy of a kind whose logical ID begins with a name. */
export function statementsOf(stack: Stack, type: string, id: string): unknown[] {
  const [[, { Properties }]] = Object.entries(Template.fromStack(stack).findResources(type)).filter(([name]) => name.startsWith(id));
  const { PolicyDocument, KeyPolicy } = Properties as { PolicyDocument?: { Statement: unknown[] }; KeyPolicy?: { Statement: unknown[] } };
  return (PolicyDocument ?? KeyPolicy)!.Statement;
}
