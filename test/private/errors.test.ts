import { App, Stack } from 'aws-cdk-lib';
import { fail, located, PostmasterError } from '../../src/private/errors';
import { hasToken } from '../../src/private/tokens';

test('a refusal has a code, a sentence and the place', () => {
  const stack = new Stack(new App(), 'Stack');
  expect(() => fail('Thing.wrong', 'it is wrong', stack)).toThrow(new PostmasterError('Thing.wrong', 'it is wrong', 'Stack'));
  expect(() => fail('Thing.wrong', 'it is wrong', stack)).toThrow(new Error('it is wrong (at Stack) [Thing.wrong]'));
});

test('a rule that knows no place gets it from the construct which applies it, once', () => {
  const stack = new Stack(new App(), 'Stack');
  const inner = new Stack(stack, 'Inner');
  expect(() => located(stack, () => located(inner, () => fail('Thing.wrong', 'it is wrong')))).toThrow(new Error('it is wrong (at Stack/Inner) [Thing.wrong]'));
});

test('an error of others passes as it is', () => {
  const error = new TypeError('other');
  expect(() => located(new App(), () => { throw error; })).toThrow(error);
});

test('a text with a value of the deployment is told from one without', () => {
  const stack = new Stack(new App(), 'Stack');
  expect(hasToken(`a.${stack.region}.b`)).toBe(true);
  expect(hasToken('a.${region}.b')).toBe(false);
});
