import fc from 'fast-check';
import {
  type DelegatedArns, delegatedHeaderProblems, delegatedHeaders, delegatedRegion, delegatedSendEmail, delegatedSendEmailV1, delegatedSendRawEmailV1,
} from '../../src/delegation/delegated-sending';

const arn = (name: string, region = 'eu-west-1') => `arn:aws:ses:${region}:444455556666:identity/${name}`;
const [IDENTITY, SENDER, RETURN] = ['example.com', 'me@example.com', 'bounces@example.com'].map(name => arn(name));
const ALL: DelegatedArns = { identityArn: IDENTITY, fromArn: SENDER, returnPathArn: RETURN };

describe('the identities of a message', () => {
  test('are parameters of each call under its own names', () => {
    expect(delegatedSendEmail({ identityArn: IDENTITY })).toEqual({ FromEmailAddressIdentityArn: IDENTITY });
    expect(delegatedSendEmail({ identityArn: IDENTITY, returnPathArn: RETURN })).toEqual({
      FromEmailAddressIdentityArn: IDENTITY, FeedbackForwardingEmailAddressIdentityArn: RETURN,
    });
    expect(delegatedSendEmailV1({ identityArn: IDENTITY })).toEqual({ SourceArn: IDENTITY });
    expect(delegatedSendEmailV1({ identityArn: IDENTITY, returnPathArn: RETURN })).toEqual({ SourceArn: IDENTITY, ReturnPathArn: RETURN });
    expect(delegatedSendRawEmailV1({ identityArn: IDENTITY })).toEqual({ SourceArn: IDENTITY });
    expect(delegatedSendRawEmailV1(ALL)).toEqual({ SourceArn: IDENTITY, FromArn: SENDER, ReturnPathArn: RETURN });
  });

  test('are always three headers', () => {
    expect(delegatedHeaders({ identityArn: IDENTITY })).toEqual({ 'X-SES-SOURCE-ARN': IDENTITY, 'X-SES-FROM-ARN': IDENTITY, 'X-SES-RETURN-PATH-ARN': IDENTITY });
    expect(delegatedHeaders(ALL)).toEqual({ 'X-SES-SOURCE-ARN': IDENTITY, 'X-SES-FROM-ARN': SENDER, 'X-SES-RETURN-PATH-ARN': RETURN });
  });

  test('say in which Region to send', () => {
    expect(delegatedRegion({ identityArn: arn('example.com', 'us-gov-west-1') })).toBe('us-gov-west-1');
  });

  const mistakes: [string, () => unknown, string][] = [
    ['a domain in place of an ARN', () => delegatedHeaders({ identityArn: 'example.com' }),
      '"example.com" is not the ARN of an SES identity; the form is "arn:aws:ses:eu-west-1:444455556666:identity/example.com" [Delegated.arn]'],
    ['a configuration set', () => delegatedSendEmail({ identityArn: 'arn:aws:ses:eu-west-1:444455556666:configuration-set/x' }), '[Delegated.arn]'],
    ['what would begin another header', () => delegatedHeaders({ identityArn: `${IDENTITY}\r\nBcc: x@example.org` }), '[Delegated.arn]'],
    ['identities of two Regions', () => delegatedSendRawEmailV1({ ...ALL, fromArn: arn('x.example', 'us-east-1') }),
      'the identities are in eu-west-1 and us-east-1; one message is sent in one Region, with identities of that Region [Delegated.regions]'],
    ['another From where there is no parameter for it', () => delegatedSendEmail(ALL), '[Delegated.fromArn]'],
    ['the same in version 1', () => delegatedSendEmailV1(ALL), 'fromArn is given, and only SendRawEmail has a parameter for it; leave it out [Delegated.fromArn]'],
  ];
  test.each(mistakes)('are refused: %s', (_, call, message) => { expect(call).toThrow(message); });
});

describe('a finished message', () => {
  const headers = Object.entries(delegatedHeaders(ALL));
  const signature = (signed: string): [string, string] => ['DKIM-Signature', `v=1; a=rsa-sha256; d=example.com; h=${signed};\r\n bh=x; b=y`];

  test('is fine with each header once, in any case, outside of the signature', () => {
    fc.assert(fc.property(fc.shuffledSubarray(headers, { minLength: 3 }), fc.boolean(), (order, lower) => {
      const all = [...order.map(([name, value]) => [lower ? name.toLowerCase() : name, value] as const), signature('From:To: Subject')];
      expect(delegatedHeaderProblems(all)).toEqual([]);
    }));
  });

  test('is not without one, with one twice, or with one that is signed', () => {
    expect(delegatedHeaderProblems([])).toEqual(['X-SES-SOURCE-ARN is missing', 'X-SES-FROM-ARN is missing', 'X-SES-RETURN-PATH-ARN is missing']);
    expect(delegatedHeaderProblems([...headers, ['x-ses-from-arn', IDENTITY]])).toEqual(['X-SES-FROM-ARN is there 2 times, and SES reads the first only']);
    expect(delegatedHeaderProblems([...headers, signature('From :\r\n\tX-Ses-Source-Arn:To')])).toEqual([
      'a DKIM signature covers X-SES-SOURCE-ARN, which SES takes off, so that the signature breaks',
    ]);
  });
});
