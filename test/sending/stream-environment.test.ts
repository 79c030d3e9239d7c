import * as fc from 'fast-check';
import { streamFromEnvironment, streamVariables } from '../../src/sending/stream-environment';
import { expectRefusal, type Refusal } from '../records/refusal';

test('the variables have fixed names, or begin as one likes', () => {
  expect(streamVariables()).toEqual({
    configurationSet: 'SES_CONFIGURATION_SET', region: 'SES_REGION', fromAddress: 'SES_FROM_ADDRESS', feedbackAddress: 'SES_FEEDBACK_ADDRESS',
  });
  expect(streamVariables('NEWS_2').configurationSet).toBe('NEWS_2_CONFIGURATION_SET');
});

test('a program reads what its environment was given', () => {
  const text = fc.string({ minLength: 1 });
  const environment = fc.record({ configurationSet: text, region: text, fromAddress: text, feedbackAddress: text });
  fc.assert(fc.property(fc.stringMatching(/^S[A-Z0-9_]{0,9}$/), environment, (prefix, given) => {
    const names = streamVariables(prefix);
    const env = Object.fromEntries(Object.entries(given).map(([what, value]) => [names[what as keyof typeof names], value]));
    expect(streamFromEnvironment(prefix, env)).toEqual(given);
  }));
});

test('Region and addresses may be missing or empty', () => {
  expect(streamFromEnvironment('SES', { SES_CONFIGURATION_SET: 'news', SES_REGION: '' })).toEqual({ configurationSet: 'news', region: undefined, fromAddress: undefined, feedbackAddress: undefined });
});

test('the environment is that of the process unless another is given', () => {
  process.env.POSTMASTER_TEST_CONFIGURATION_SET = 'news';
  try {
    expect(streamFromEnvironment('POSTMASTER_TEST').configurationSet).toBe('news');
  } finally {
    delete process.env.POSTMASTER_TEST_CONFIGURATION_SET;
  }
});

test.each<Refusal>([
  ['a prefix in lower case', () => streamVariables('ses'), 'StreamEnvironment.prefix',
    '"ses" cannot begin the names of environment variables; it takes a capital letter, then capital letters, digits and "_", and AWS is taken'],
  ['a prefix with a hyphen', () => streamFromEnvironment('MY-SES', {}), 'StreamEnvironment.prefix',
    '"MY-SES" cannot begin the names of environment variables; it takes a capital letter, then capital letters, digits and "_", and AWS is taken'],
  ['the prefix of Lambda\'s own variables', () => streamVariables('AWS'), 'StreamEnvironment.prefix',
    '"AWS" cannot begin the names of environment variables; it takes a capital letter, then capital letters, digits and "_", and AWS is taken'],
  ['no configuration set', () => streamFromEnvironment('SES', { SES_REGION: 'eu-west-1' }), 'StreamEnvironment.missing',
    'the environment variable SES_CONFIGURATION_SET is not set; it names the configuration set to send with, and without one SES publishes no events'],
  ['an empty configuration set', () => streamFromEnvironment('NEWS', { NEWS_CONFIGURATION_SET: '' }), 'StreamEnvironment.missing',
    'the environment variable NEWS_CONFIGURATION_SET is not set; it names the configuration set to send with, and without one SES publishes no events'],
])('%s is refused', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
