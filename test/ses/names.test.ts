import { Aws } from 'aws-cdk-lib';
import { SES_LIMITS } from '../../src/ses/limits';
import { checkName, SES_NAMES } from '../../src/ses/names';
import { ENFORCEMENT } from '../../src/ses/thresholds';

test.each(['a', 'My_Set-2', 'x'.repeat(64)])('"%s" names a configuration set', name => {
  expect(checkName(SES_NAMES.configurationSet, name)).toBe(name);
});

test.each(['', 'my set', 'sét', 'x'.repeat(65), 'a.b'])('"%s" does not name a configuration set', name => {
  expect(() => checkName(SES_NAMES.configurationSet, name)).toThrow(
    `configuration set name "${name}" is not accepted by SES; it takes 1 to 64 letters, digits, "-" and "_" [SesName.form]`);
});

test('a name that only the deployment knows passes', () => {
  expect(checkName(SES_NAMES.template, Aws.STACK_NAME)).toBe(Aws.STACK_NAME);
});

test('the lines at which AWS acts are fractions, and each is above the one before', () => {
  expect(ENFORCEMENT.bounceRate).toEqual({ healthy: 0.02, review: 0.05, pause: 0.1 });
  expect(ENFORCEMENT.complaintRate).toEqual({ review: 0.001, pause: 0.005 });
});

test('the limits are those of the SES quota page', () => {
  expect(SES_LIMITS).toMatchObject({ identities: 10_000, eventDestinationsPerConfigurationSet: 10, recipientsPerMessage: 50, tagsPerResource: 50 });
});
