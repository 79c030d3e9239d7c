import { RoleAddresses } from '../../src';

test('the roles that a domain has to have, and those that strangers expect', () => {
  const conditions = (of: 'required' | 'usual') => RoleAddresses[of]('Example.com').map(({ condition }) => condition);
  expect(conditions('required')).toEqual(['postmaster@example.com', 'abuse@example.com']);
  expect(conditions('usual')).toEqual([...conditions('required'), 'security@example.com', 'hostmaster@example.com', 'webmaster@example.com', 'noc@example.com']);
});
