import { createRecordSets } from './route53-stand-in';
import type { TemplateResource } from './template-values';
import { zoneOfTemplate } from './zone-of-template';

const IDENTITY: TemplateResource = {
  Type: 'AWS::SES::EmailIdentity',
  Properties: { EmailIdentity: 'Mail.example.com', MailFromAttributes: { MailFromDomain: 'bounce.mail.example.com' } },
};
const recordSet = (Name: unknown, Type: string, ...ResourceRecords: unknown[]) => ({ Name, Type, TTL: '1800', ResourceRecords });
const group = (...RecordSets: unknown[]): TemplateResource => ({ Type: 'AWS::Route53::RecordSetGroup', Properties: { HostedZoneId: 'Z1', RecordSets } });

function deploy(Resources: Record<string, TemplateResource>, Parameters = {}, parameters = {}) {
  return zoneOfTemplate({ template: { Parameters, Resources }, region: 'eu-west-1', zones: { Z1: 'example.com' }, parameters });
}
const textOf = (value: unknown, Parameters = {}, parameters = {}) => deploy({ Identity: IDENTITY, Records: group(recordSet('text.example.com.', 'TXT', value)) }, Parameters, parameters)
  .records.map(record => Buffer.concat(record.data as Buffer[]).toString())[0];

describe('a deployed template', () => {
  test('has the records of its groups and of its single record sets', () => {
    const { records, zones } = deploy({
      Group: group(recordSet('bounce.example.com.', 'MX', '10 feedback-smtp.eu-west-1.amazonses.com'), recordSet('a.example.com.', 'TXT', '"one"', '"two"')),
      Single: { Type: 'AWS::Route53::RecordSet', Properties: { HostedZoneId: 'Z1', ...recordSet('B.example.com', 'CNAME', 'www.example.net.') } },
    });
    expect(zones).toEqual(['example.com']);
    expect(records).toEqual([
      { name: 'bounce.example.com', type: 'MX', ttl: 1800, data: { preference: 10, exchange: 'feedback-smtp.eu-west-1.amazonses.com' } },
      { name: 'a.example.com', type: 'TXT', ttl: 1800, data: [Buffer.from('one')] },
      { name: 'a.example.com', type: 'TXT', ttl: 1800, data: [Buffer.from('two')] },
      { name: 'b.example.com', type: 'CNAME', ttl: 1800, data: 'www.example.net' },
    ]);
  });

  test('has three tokens for an identity with Easy DKIM, under names that nobody knew before', () => {
    const token = (number: number) => recordSet(
      { 'Fn::GetAtt': ['Identity', `DkimDNSTokenName${number}`] }, 'CNAME', { 'Fn::GetAtt': `Identity.DkimDNSTokenValue${number}` },
    );
    const { records, identities: [identity] } = deploy({ Identity: IDENTITY, Records: group(token(1), token(2), token(3)) });
    expect(identity).toMatchObject({ domain: 'mail.example.com', mailFromDomain: 'bounce.mail.example.com', signs: true, dkim: { kind: 'easy' } });
    for (const { name, data } of records) {
      expect(name).toMatch(/^[a-z2-7]{32}\._domainkey\.mail\.example\.com$/);
      expect(data).toBe(`${name.split('.')[0]}.dkim.amazonses.com`);
    }
    expect(new Set(records.map(record => record.name)).size).toBe(3);
  });

  test('has what intrinsics stand for', () => {
    expect(textOf({ 'Fn::Join': ['', ['"', { Ref: 'AWS::Region' }, ' ', { Ref: 'AWS::URLSuffix' }, ' ', { Ref: 'AWS::Partition' }, '"']] })).toBe('eu-west-1 amazonaws.com aws');
    expect(textOf({ 'Fn::Sub': '"${AWS::Region} ${!Literal} ${Identity}"' })).toBe('eu-west-1 ${Literal} mail.example.com');
    expect(textOf({ 'Fn::Sub': ['"${Own}"', { Own: { Ref: 'AWS::AccountId' } }] })).toBe('111122223333');
  });

  test('has parameters, given or by default', () => {
    const parameters = { Text: { Type: 'String', Default: '"default"' } };
    expect(textOf({ Ref: 'Text' }, parameters)).toBe('default');
    expect(textOf({ Ref: 'Text' }, parameters, { Text: '"given"' })).toBe('given');
  });

  test('has texts without their quotation marks and escapes, string by string', () => {
    const { records } = deploy({ Records: group(recordSet('text.example.com.', 'TXT', '"a\\"b\\\\c\\303\\244" "second"')) });
    expect(records[0].data).toEqual([Buffer.from('a"b\\cä'), Buffer.from('second')]);
  });
});

describe('nothing in a template is guessed:', () => {
  test.each([
    ['an unknown intrinsic', { 'Fn::Select': [0, ['"a"']] }, 'the intrinsic Fn::Select is not known here'],
    ['a choice', { 'Fn::If': ['Condition', '"a"', '"b"'] }, 'the intrinsic Fn::If is not known here'],
    ['an import', { 'Fn::ImportValue': 'x' }, 'the intrinsic Fn::ImportValue is not known here'],
    ['an unknown reference', { Ref: 'Unknown' }, 'what this refers to is not known'],
    ['AWS::NoValue', { Ref: 'AWS::NoValue' }, 'what this refers to is not known'],
    ['a reference to another resource', { Ref: 'Records' }, 'what this refers to is not known'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Identity', 'DkimDNSTokenName4'] }, 'this attribute is not known'],
    ['an attribute of an unknown resource', { 'Fn::Sub': '"${Unknown.Arn}"' }, 'this attribute is not known'],
    ['a join of something else', { 'Fn::Join': ['', { Ref: 'List' }] }, 'Fn::Join takes a delimiter and a list'],
    ['an object of two keys', { 'Ref': 'AWS::Region', 'Fn::Sub': '' }, 'an intrinsic has one key'],
    ['an empty object', {}, 'an intrinsic has one key'],
    ['a list in place of a text', ['"a"'], 'this is not a text'],
    ['nothing', null, 'this is not a text'],
  ])('%s is refused', (_, value, message) => {
    expect(() => textOf(value)).toThrow(message);
    expect(() => textOf(value)).toThrow('Records.RecordSets[0].ResourceRecords');
  });

  test('a parameter without value, or one whose default is the name of an SSM parameter, is refused', () => {
    expect(() => textOf({ Ref: 'Text' }, { Text: { Type: 'String' } })).toThrow('what this refers to is not known');
    expect(() => textOf({ Ref: 'Text' }, { Text: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/name' } })).toThrow('what this refers to is not known');
  });

  test('a resource under a condition is refused', () => {
    expect(() => deploy({ Records: { ...group(), Condition: 'IsProduction' } })).toThrow('whether the condition IsProduction holds is not known here');
    expect(() => deploy({ Identity: { ...IDENTITY, Condition: 'IsProduction' } })).toThrow('IsProduction');
  });

  test('a record set that answers to some only, or a zone that nobody named, is refused', () => {
    expect(() => deploy({ Records: group({ ...recordSet('a.example.com.', 'TXT', '"a"'), Weight: 1, SetIdentifier: 'a' }) })).toThrow('a record set with Weight, SetIdentifier');
    expect(() => deploy({ Records: { ...group(), Properties: { HostedZoneId: 'Z2', RecordSets: [] } } })).toThrow('there is no hosted zone "Z2"');
  });

  test('a template without any record is refused', () => {
    expect(() => deploy({ Identity: IDENTITY })).toThrow('the template publishes no record in Route 53');
  });

  test('a token of an identity with a key of its own is refused', () => {
    const DkimSigningAttributes = { DomainSigningSelector: 's1', DomainSigningPrivateKey: '{{resolve:secretsmanager:key}}' };
    const Identity = { ...IDENTITY, Properties: { ...IDENTITY.Properties, DkimSigningAttributes } };
    const Records = group(recordSet({ 'Fn::GetAtt': ['Identity', 'DkimDNSTokenName1'] }, 'CNAME', 'x.dkim.amazonses.com'));
    expect(() => deploy({ Identity, Records })).toThrow('this attribute is not known');
  });

  test('an identity that SES would not create is refused', () => {
    const identity = (properties: object) => ({ ...IDENTITY, Properties: { ...IDENTITY.Properties, ...properties } });
    expect(() => deploy({ Identity: identity({ DkimSigningAttributes: { DomainSigningSelector: 's1' } }) })).toThrow('only together with a private key');
    for (const MailFromDomain of ['mail.example.com', 'bounce.example.com', 'evil-mail.example.com']) {
      expect(() => deploy({ Identity: identity({ MailFromAttributes: { MailFromDomain } }) })).toThrow('a sub-domain of the identity');
    }
  });
});

describe('what Route 53 refuses is refused:', () => {
  const set = (type: string, name: string, ...values: string[]) => ({ place: 'here', zone: 'example.com', ttl: '300', name, type, values });

  test.each([
    ['a record outside the zone', set('TXT', 'evil-example.com.', '"a"'), 'it is not permitted in the zone example.com'],
    ['a record without value', set('TXT', 'example.com'), 'it has no value'],
    ['a value given twice', set('TXT', 'example.com', '"a"', '"a"'), 'it has a value twice'],
    ['an alias with two targets', set('CNAME', 'www.example.com', 'a.example.net', 'b.example.net'), 'an alias has one value'],
    ['an alias at the apex', set('CNAME', 'example.com', 'a.example.net'), 'there is no alias at the apex'],
    ['a text without quotation marks', set('TXT', 'example.com', 'v=spf1 -all'), 'is not made of quoted strings'],
    ['a text with a quotation mark inside', set('TXT', 'example.com', '"a"b"'), 'is not made of quoted strings'],
    ['a text with raw octets', set('TXT', 'example.com', '"ä"'), 'is not made of quoted strings'],
    ['a string above 255 octets', set('TXT', 'example.com', `"${'x'.repeat(256)}"`), 'at most 255 octets'],
    ['a mail exchanger without preference', set('MX', 'example.com', 'mx.example.com'), 'is not a preference and a host'],
    ['a preference that is too high', set('MX', 'example.com', '65536 mx.example.com'), 'is not a preference and a host'],
    ['a TTL that is no number', { ...set('TXT', 'example.com', '"a"'), ttl: '30 minutes' }, 'the TTL is a whole number'],
    ['a type that these tests do not know', set('SRV', 'example.com', 'x'), 'the type is not known here'],
  ])('%s', (_, request, message) => {
    expect(() => createRecordSets([request])).toThrow(message);
  });

  test('two record sets of one name and type, and anything beside an alias', () => {
    expect(() => createRecordSets([set('TXT', 'example.com', '"a"'), set('TXT', 'Example.com.', '"b"')])).toThrow('refuses a TXT record set');
    expect(() => createRecordSets([set('CNAME', 'a.example.com', 'b.example.com'), set('TXT', 'a.example.com', '"b"')])).toThrow('beside the CNAME record set');
    expect(createRecordSets([set('MX', 'a.example.com', '10 b.example.com'), set('TXT', 'a.example.com', '"b"')])).toHaveLength(2);
  });
});
