import { generateKeyPairSync } from 'node:crypto';
import { App, CfnParameter, SecretValue, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Dkim, Dns, VerifiedDomain } from '../../src';
import { findingIdsOf, recordSet, recordSetsOf, stackIn, zoneOf } from '../support/stacks';

const IDENTITY = 'AWS::SES::EmailIdentity';
const SECRET = SecretValue.secretsManager('mail/dkim');

function rsaKey(bits: number) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const KEY = rsaKey(2048);

function domainWith(dkim: Dkim, stack = stackIn()): Stack {
  new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zoneOf(stack, 'example.com')), dkim });
  return stack;
}

function logicalIdOf(stack: Stack): string {
  return Object.keys(Template.fromStack(stack).findResources(IDENTITY))[0];
}

describe('a key of your own', () => {
  test('reaches SES as a dynamic reference, without any Easy DKIM property', () => {
    const stack = domainWith(Dkim.bringYourOwn({ selector: '2026a', privateKey: SECRET, publicKey: KEY.publicKey }));
    Template.fromStack(stack).hasResourceProperties(IDENTITY, {
      DkimAttributes: { SigningEnabled: true },
      DkimSigningAttributes: {
        DomainSigningSelector: '2026a',
        DomainSigningPrivateKey: '{{resolve:secretsmanager:mail/dkim:SecretString:::}}',
        NextSigningKeyLength: Match.absent(),
      },
    });
  });

  test('is published as one TXT record, split into strings of at most 255 octets', () => {
    const stack = domainWith(Dkim.bringYourOwn({ selector: '2026a', privateKey: SECRET, publicKey: KEY.publicKey }));
    const [value] = recordSet(stack, '2026a._domainkey.example.com.')!.ResourceRecords as string[];
    const strings = [...value.matchAll(/"([^"]*)"/g)].map(match => match[1]);
    expect(strings.map(string => string.length)).toEqual([255, 394 - 255]);
    expect(strings.join('')).toBe(`p=${KEY.publicKey.replace(/-----[^-]+-----|\s/g, '')}`);
    expect(recordSetsOf(stack).filter(record => record.Type === 'CNAME')).toEqual([]);
  });

  test('may come from a secret of the app, by field', () => {
    const stack = stackIn();
    const secret = new Secret(stack, 'Secret');
    domainWith(Dkim.bringYourOwn({ selector: 's', privateKey: secret.secretValueFromJson('key'), publicKey: KEY.publicKey }), stack);
    Template.fromStack(stack).hasResourceProperties(IDENTITY, {
      DkimSigningAttributes: {
        DomainSigningPrivateKey: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: Match.stringLikeRegexp('^Secret') }, ':SecretString:key::}}']] },
      },
    });
  });

  test('works with the feature flag that guards secrets', () => {
    const stack = new Stack(new App({ context: { '@aws-cdk/core:checkSecretUsage': true } }), 'Stack');
    domainWith(Dkim.bringYourOwn({ selector: 's', privateKey: SECRET, publicKey: KEY.publicKey }), stack);
    Template.fromStack(stack).resourceCountIs(IDENTITY, 1);
  });

  test('of 1024 bit is reported', () => {
    expect(findingIdsOf(domainWith(Dkim.bringYourOwn({ selector: 's', privateKey: SECRET, publicKey: rsaKey(1024).publicKey })))).toContain(
      'cdk-postmaster:VerifiedDomain.dkimKeyLength');
  });
});

describe('a private key which would be exposed is refused', () => {
  const STORE_IT = 'store it there and pass SecretValue.secretsManager(\'name\') or secret.secretValue (at Stack/Mail) [Dkim.privateKey]';
  const byo = (privateKey: SecretValue) => Dkim.bringYourOwn({ selector: 's', privateKey, publicKey: KEY.publicKey });

  test('as plain text, without repeating it', () => {
    const error = (() => {
      try {
        return domainWith(byo(SecretValue.unsafePlainText(KEY.privateKey)));
      } catch (thrown) {
        return thrown as Error;
      }
    })() as Error;
    expect(error.message).toBe('the DKIM private key must come from Secrets Manager, and it is plain text, which would stand in the template for anybody to read; ' + STORE_IT);
    expect(error.message).not.toContain('PRIVATE KEY---');
  });

  test('from an SSM secure string, which CloudFormation does not resolve here', () => {
    expect(() => domainWith(byo(SecretValue.ssmSecure('dkim', '1')))).toThrow(new Error(
      'the DKIM private key must come from Secrets Manager, and it is an SSM secure string, which CloudFormation resolves for a few resource types only, ' +
      'and AWS::SES::EmailIdentity is none of them; ' + STORE_IT));
  });

  test('from a template parameter', () => {
    const stack = stackIn();
    const parameter = new CfnParameter(stack, 'Key', { noEcho: true });
    expect(() => domainWith(byo(SecretValue.cfnParameter(parameter)), stack)).toThrow(new Error(
      'the DKIM private key must come from Secrets Manager, and it is a parameter, which anybody who may read the stack or the parameter can read; ' + STORE_IT));
  });
});

test('a selector and a key that SES does not take are refused where they are written', () => {
  expect(() => Dkim.bringYourOwn({ selector: 'a.b', privateKey: SECRET, publicKey: KEY.publicKey })).toThrow('a.b');
  expect(() => Dkim.bringYourOwn({ selector: 's', privateKey: SECRET, publicKey: rsaKey(512).publicKey })).toThrow('512');
});

describe('a switch between Easy DKIM and a key of your own', () => {
  const byo = (options = {}) => Dkim.bringYourOwn({ selector: 's', privateKey: SECRET, publicKey: KEY.publicKey, ...options });

  test('is a new resource, which SES refuses while the identity exists', () => {
    expect(logicalIdOf(domainWith(byo()))).not.toBe(logicalIdOf(domainWith(Dkim.easy())));
  });

  test('is made in place when the unsigned time is accepted', () => {
    expect(logicalIdOf(domainWith(byo({ switchFromEasyDkim: true })))).toBe(logicalIdOf(domainWith(Dkim.easy())));
    expect(logicalIdOf(domainWith(Dkim.easy({ switchFromBringYourOwn: true })))).toBe(logicalIdOf(domainWith(byo())));
  });

  test('is not what disabling the signature is', () => {
    expect(logicalIdOf(domainWith(Dkim.disabled({ reason: 'test' })))).toBe(logicalIdOf(domainWith(Dkim.easy())));
  });
});
