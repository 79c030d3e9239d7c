import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { STACK_ID } from './fake-cloudformation';
import { FakeStacks } from './fake-stacks';

test('the fake of the stacks tells the status of its own stack, and refuses all else', async () => {
  const stacks = new FakeStacks();
  await stacks.start();
  const client = new CloudFormation({ region: 'eu-west-1', endpoint: stacks.endpoint, credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 });
  stacks.status = 'ROLLBACK_IN_PROGRESS';
  expect((await client.describeStacks({ StackName: STACK_ID })).Stacks).toMatchObject([{ StackId: STACK_ID, StackStatus: 'ROLLBACK_IN_PROGRESS' }]);
  await expect(client.describeStacks({ StackName: 'other' })).rejects.toMatchObject({ name: 'ValidationError', message: 'Stack with id other does not exist' });
  await expect(client.describeStacks({})).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(client.listStacks({})).rejects.toMatchObject({ name: 'InvalidAction' });
  await stacks.stop();
});
