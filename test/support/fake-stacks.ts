import type { IncomingMessage } from 'node:http';
import { STACK_ID } from './fake-cloudformation';
import { type FakeAnswer, FakeService, Refusal } from './fake-service';
import { readInput, renderOutput, TEXT } from './query-protocol';

const VERSION = '2010-05-15';

/**
 * A fake of what tells how the stack of the fake CloudFormation is: DescribeStacks in the query protocol, and nothing else.
 */
export class FakeStacks extends FakeService {
  /** The status of the stack. */
  public status = 'CREATE_IN_PROGRESS';

  public override reset(): void {
    super.reset();
    this.status = 'CREATE_IN_PROGRESS';
  }

  protected answer(_request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    const form = new URLSearchParams(body);
    note(form.get('Action') ?? '');
    if (form.get('Action') !== 'DescribeStacks' || form.get('Version') !== VERSION) {
      throw new Refusal(400, 'InvalidAction', `Could not find operation ${form.get('Action')} for version ${form.get('Version')}`);
    }
    const { StackName } = readInput<{ StackName: string }>(form, { 'StackName!': TEXT, 'NextToken': TEXT });
    if (StackName !== STACK_ID) throw new Refusal(400, 'ValidationError', `Stack with id ${StackName} does not exist`);
    const stack = { StackId: STACK_ID, StackName: 'mail', CreationTime: new Date(), StackStatus: this.status };
    return { status: 200, body: renderOutput('DescribeStacks', `http://cloudformation.amazonaws.com/doc/${VERSION}/`, { Stacks: [stack] }) };
  }
}
