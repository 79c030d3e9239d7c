import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

export interface Resource {
  readonly Type: string;
  readonly DependsOn?: string[];
  readonly Properties: Record<string, any>;
}

/** In which order CloudFormation creates the resources of a stack. It deletes them in the other. */
export class CreationOrder {
  public readonly resources: Record<string, Resource>;

  public constructor(stack: Stack) {
    this.resources = Template.fromStack(stack).toJSON().Resources;
  }

  public idsOf(type: string): string[] {
    return Object.keys(this.resources).filter(id => this.resources[id].Type === type);
  }

  /** All that has to be there before a resource, by the dependencies and the references of the template. */
  public before(id: string, seen = new Set<string>()): Set<string> {
    const { DependsOn = [], Properties } = this.resources[id];
    const text = JSON.stringify(Properties ?? {});
    const referred = [...text.matchAll(/\{"Ref":"(\w+)"\}|\{"Fn::GetAtt":\["(\w+)"/g)].map(match => match[1] ?? match[2]);
    for (const other of [...DependsOn, ...referred].filter(each => each in this.resources && !seen.has(each))) {
      seen.add(other);
      this.before(other, seen);
    }
    return seen;
  }

  public typesBefore(id: string): Set<string> {
    return new Set([...this.before(id)].map(each => this.resources[each].Type));
  }

  /** Resources which would have to be there before themselves. */
  public get circles(): string[] {
    return Object.keys(this.resources).filter(id => this.before(id).has(id));
  }
}
