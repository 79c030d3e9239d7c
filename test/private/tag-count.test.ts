import { App, Stack, Tags } from 'aws-cdk-lib';
import { CfnDedicatedIpPool } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { checkTagCount } from '../../src/private/tag-count';

function resourceWith(tags: number, stackTags: Record<string, string> = {}) {
  const app = new App();
  const scope = new Construct(new Stack(app, 'Stack', { tags: stackTags }), 'Mail');
  checkTagCount(scope, new CfnDedicatedIpPool(scope, 'Pool'));
  // added after the check was asked for, and above its scope
  for (let tag = 1; tag <= tags; tag++) Tags.of(app).add(`tag${tag}`, 'x');
  return app;
}

test('50 tags are accepted', () => {
  expect(() => resourceWith(50).synth()).not.toThrow();
});

test('51 are refused, with the place', () => {
  expect(() => resourceWith(51).synth()).toThrow(
    'the resource has 51 tags, those of its stack included; SES takes 50, so leave some out here (at Stack/Mail) [Tags.tooMany]');
});

test('the tags of the stack count too, and those that the resource has as well only once', () => {
  expect(() => resourceWith(49, { tag1: 'y', cost: 'mail' }).synth()).not.toThrow();
  expect(() => resourceWith(49, { owner: 'me', cost: 'mail' }).synth()).toThrow('[Tags.tooMany]');
});
