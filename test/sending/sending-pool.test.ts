import { DedicatedIpPool as AwsDedicatedIpPool } from 'aws-cdk-lib/aws-ses';
import { DedicatedIpPool } from '../../src/sending/dedicated-ip-pool';
import { SendingPool } from '../../src/sending/sending-pool';
import { stackIn } from '../support/stacks';

test('the shared addresses and the dedicated ones in no pool have names that SES reserves', () => {
  expect(SendingPool.shared()).toMatchObject({ poolName: 'ses-shared-pool', isDedicated: false });
  expect(SendingPool.defaultDedicated()).toMatchObject({ poolName: 'ses-default-dedicated-pool', isDedicated: true });
});

test('a pool of the app is referred to, and an imported one named', () => {
  const stack = stackIn();
  const own = SendingPool.dedicated(new DedicatedIpPool(stack, 'Marketing'));
  expect(stack.resolve(own.poolName)).toEqual({ Ref: expect.stringMatching(/^Marketing/) });
  expect(own.isDedicated).toBe(true);
  expect(SendingPool.dedicated(DedicatedIpPool.fromDedicatedIpPoolName(stack, 'Import', 'marketing')).poolName).toBe('marketing');
});

test('the shared pool is not dedicated, however it is named', () => {
  const pool = AwsDedicatedIpPool.fromDedicatedIpPoolName(stackIn(), 'Import', 'ses-shared-pool');
  expect(SendingPool.dedicated(pool).isDedicated).toBe(false);
});
