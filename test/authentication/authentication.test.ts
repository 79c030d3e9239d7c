import { generateKeyPairSync } from 'node:crypto';
import { promises as dns } from 'node:dns';
import { App, CfnParameter, SecretValue, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HostedZone, type IHostedZone, PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { MailFromBehaviorOnMxFailure } from 'aws-cdk-lib/aws-ses';
import { consequencesOfAbsence } from './consequences';
import { proveDomain, type EditRecords, type Proof, type ProofProps } from './proof';
import { Bimi, Dkim, Dmarc, Dns, MailFrom, Spf, SpfAll, VerifiedDomain, type VerifiedDomainProps } from '../../src';
import type { ZoneRecord } from '../support/dns-server';

const REGION = 'eu-west-1';
const ZONE_ID = 'Z0123456789ABCDEFGHIJ';
const QUARANTINE = Dmarc.quarantine({ reportTo: ['dmarc@example.com'] });
const LOGO = Bimi.logo('https://example.com/logo.svg', { certificate: 'https://example.com/vmc.pem' });

/** Synthesizes a mail domain into a stack of a Region, or into one for any Region. */
function synthesize(
  props: Partial<VerifiedDomainProps> | ((stack: Stack) => Partial<VerifiedDomainProps>) = {},
  settings: { region?: string; zone?: (stack: Stack) => IHostedZone } = { region: REGION },
) {
  const stack = new Stack(new App(), 'Mail', { env: { region: settings.region } });
  const zone = settings.zone?.(stack) ?? HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: ZONE_ID, zoneName: 'example.com' });
  new VerifiedDomain(stack, 'Mail', { dns: Dns.route53(zone), dmarc: QUARANTINE, ...typeof props === 'function' ? props(stack) : props });
  return Template.fromStack(stack).toJSON();
}

/** Proves a domain in the usual place. */
async function prove(props: Partial<VerifiedDomainProps> = {}, circumstances: Partial<ProofProps> = {}): Promise<Proof> {
  return proveDomain({ template: synthesize(props), region: REGION, zones: { [ZONE_ID]: 'example.com' }, ...circumstances });
}

const without = (...which: ((record: ZoneRecord) => boolean)[]): EditRecords => records =>
  records.filter(record => !which.some(matches => matches(record)));
/** A text record with another text. */
const rewritten = (which: (record: ZoneRecord) => boolean, content: string): EditRecords => records =>
  records.map(record => which(record) && record.type === 'TXT' ? { ...record, data: [Buffer.from(content)] } : record);

const dkimRecords = (record: ZoneRecord) => record.name.includes('._domainkey.');
const spfRecord = (record: ZoneRecord) => record.type === 'TXT' && record.data[0].toString().startsWith('v=spf1');
const dmarcRecord = (record: ZoneRecord) => record.name.startsWith('_dmarc.');
const bimiRecord = (record: ZoneRecord) => record.name.startsWith('default._bimi.');
const mxRecord = (record: ZoneRecord) => record.type === 'MX';

const ALL_PASS = {
  passed: true,
  spf: { result: 'pass', aligned: true },
  dkim: { result: 'pass', aligned: true },
  dmarc: { result: 'pass' },
};

describe('mail of a domain authenticates', () => {
  test('at the apex of its zone', async () => {
    const proof = await prove();
    expect(proof).toMatchObject(ALL_PASS);
    expect(proof).toMatchObject({ spf: { domain: 'bounce.example.com' }, dkim: { domain: 'example.com' }, dmarc: { policy: 'quarantine' } });
  });

  test('as a sub-domain in the zone of its parent', async () => {
    const proof = await prove({ domain: 'news.example.com' });
    expect(proof).toMatchObject(ALL_PASS);
    expect(proof).toMatchObject({ spf: { domain: 'bounce.news.example.com' }, dkim: { domain: 'news.example.com' } });
  });

  test('in a zone that the same stack makes', async () => {
    const template = synthesize({}, { region: REGION, zone: stack => new PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' }) });
    expect(await proveDomain({ template, region: REGION, zones: {} })).toMatchObject(ALL_PASS);
  });

  test.each(['us-east-1', 'eu-west-1', 'us-gov-west-1'])('from a stack for any Region, deployed in %s', async region => {
    const template = synthesize({}, {});
    expect(JSON.stringify(template)).toContain('AWS::Region');
    expect(await proveDomain({ template, region, zones: { [ZONE_ID]: 'example.com' } })).toMatchObject(ALL_PASS);
  });

  test('when the domain is a parameter of the template', async () => {
    const zone = (stack: Stack) => HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: ZONE_ID, zoneName: new CfnParameter(stack, 'DomainName').valueAsString,
    });
    const template = synthesize({ dmarc: Dmarc.reject() }, { region: REGION, zone });
    const proof = await proveDomain({ template, region: REGION, zones: { [ZONE_ID]: 'example.org' }, parameters: { DomainName: 'example.org' } });
    expect(proof).toMatchObject({ ...ALL_PASS, identity: { domain: 'example.org' }, dmarc: { result: 'pass', policy: 'reject' } });
  });

  test('with a logo, when the policy enforces', async () => {
    const proof = await prove({ bimi: LOGO });
    expect(proof).toMatchObject(ALL_PASS);
    expect(proof.bimi).toMatchObject({ result: 'pass', logo: 'https://example.com/logo.svg', certificate: 'https://example.com/vmc.pem' });
  });

  test('with a logo of its own as a sub-domain', async () => {
    const proof = await prove({ domain: 'news.example.com', bimi: LOGO });
    expect(proof.bimi).toMatchObject({ result: 'pass', logo: 'https://example.com/logo.svg' });
    expect(proof.lookups).toContain('TXT default._bimi.news.example.com');
  });

  test('with an SPF record that names others too and fails the rest', async () => {
    const spf = Spf.amazonSes({ ip4: ['198.51.100.0/24'], all: SpfAll.FAIL });
    expect(await prove({ mailFrom: MailFrom.subdomain('return', { spf }) })).toMatchObject({ ...ALL_PASS, spf: { result: 'pass', domain: 'return.example.com' } });
  });

  test('with the MAIL FROM domain in a delegated zone of its own', async () => {
    const template = synthesize(stack => {
      const delegated = HostedZone.fromHostedZoneAttributes(stack, 'BounceZone', { hostedZoneId: 'ZBOUNCE', zoneName: 'bounce.example.com' });
      return { mailFrom: MailFrom.subdomain('bounce', { dns: Dns.route53(delegated) }) };
    });
    const zones = { [ZONE_ID]: 'example.com', ZBOUNCE: 'bounce.example.com' };
    expect(await proveDomain({ template, region: REGION, zones })).toMatchObject(ALL_PASS);
  });
});

describe('mail that is signed with a key of the user\'s own', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const oneLine = privateKey.replace(/-----[^-]+-----|\s/g, '');
  const dkim = Dkim.bringYourOwn({ selector: 'own2024', privateKey: SecretValue.secretsManager('dkim-key'), publicKey });

  test('authenticates with one TXT record, in character-strings of at most 255 octets', async () => {
    const proof = await prove({ dkim }, { dkimPrivateKey: oneLine });
    expect(proof).toMatchObject({ ...ALL_PASS, dkim: { result: 'pass', aligned: true, selector: 'own2024' } });
    const [record, ...more] = proof.records.filter(dkimRecords);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ type: 'TXT', name: 'own2024._domainkey.example.com' });
    expect((record.data as Buffer[]).length).toBeGreaterThan(1);
  });

  test('is not sent while the record has the public half of another key', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
    await expect(prove({ dkim }, { dkimPrivateKey: other })).rejects.toThrow('SES does not verify example.com');
  });

  test('fails DKIM when the record is lost later', async () => {
    const proof = await prove({ dkim }, { dkimPrivateKey: oneLine, change: without(dkimRecords) });
    expect(proof.dkim).toMatchObject({ result: 'neutral', reason: 'no key' });
  });
});

describe('mail does not authenticate', () => {
  test('by DKIM without the DKIM records: there is no key, and DMARC passes by SPF alone', async () => {
    const proof = await prove({}, { change: without(dkimRecords) });
    expect(proof).toMatchObject({ passed: false, dkim: { result: 'neutral', reason: 'no key' }, spf: { result: 'pass' }, dmarc: { result: 'pass' } });
  });

  test('at all if the DKIM records were never published: SES does not send', async () => {
    await expect(prove({}, { publish: without(dkimRecords) })).rejects.toThrow('SES does not verify example.com: its DKIM records are not there');
    await expect(prove({ publish: { dkim: false } })).rejects.toThrow('SES does not verify example.com');
  });

  test('by DKIM if the domain is told not to sign: only the signature of SES itself is there', async () => {
    const proof = await prove({ dkim: Dkim.disabled({ reason: 'a test' }) });
    expect(proof).toMatchObject({ passed: false, dkim: { result: 'none', reason: 'no signature of example.com' }, dmarc: { result: 'pass' } });
  });

  test('by SPF without the SPF record, and DMARC passes by DKIM alone', async () => {
    const proof = await prove({}, { change: without(spfRecord) });
    expect(proof).toMatchObject({ passed: false, spf: { result: 'none' }, dkim: { result: 'pass' }, dmarc: { result: 'pass' } });
    expect(proof.spf.reason).toContain('bounce.example.com does not designate permitted sender hosts');
  });

  test('by SPF if the record lists other servers: softly, or hard where it ends in -all', async () => {
    const soft = await prove({}, { change: rewritten(spfRecord, 'v=spf1 ip4:198.51.100.0/24 ~all') });
    expect(soft).toMatchObject({ passed: false, spf: { result: 'softfail' }, dmarc: { result: 'pass' } });
    const hard = await prove({}, { change: rewritten(spfRecord, 'v=spf1 ip4:198.51.100.0/24 -all') });
    expect(hard).toMatchObject({ passed: false, spf: { result: 'fail' }, dmarc: { result: 'pass' } });
    expect(hard.spf.reason).toContain('does not designate 192.0.2.25 as permitted sender');
  });

  test('by SPF if the record includes a domain that does not answer, and the question leaves this machine for nowhere', async () => {
    const proof = await prove({}, { change: rewritten(spfRecord, 'v=spf1 include:amazonses.example ~all') });
    expect(proof).toMatchObject({ passed: false, spf: { result: 'temperror' } });
    expect(proof.spf.reason).toContain('DNS request refused by server when resolving amazonses.example');
  });

  test('by SPF in alignment without a MAIL FROM domain: SPF passes for SES\'s own, and DMARC by DKIM alone', async () => {
    const proof = await prove({ mailFrom: MailFrom.none() });
    expect(proof).toMatchObject({
      passed: false, spf: { result: 'pass', aligned: false, domain: 'eu-west-1.amazonses.com' }, dkim: { result: 'pass', aligned: true }, dmarc: { result: 'pass' },
    });
  });

  test('by SPF in alignment while the MX record is missing or not the only one: SES falls back to its own MAIL FROM domain', async () => {
    const second: EditRecords = records => [...records, { name: 'bounce.example.com', type: 'MX', ttl: 60, data: { preference: 20, exchange: 'mx.example.com' } }];
    for (const publish of [without(mxRecord), second]) {
      expect(await prove({}, { publish })).toMatchObject({ passed: false, spf: { result: 'pass', aligned: false, domain: 'eu-west-1.amazonses.com' } });
    }
  });

  test('while the MX record is missing, if SES was told to reject then', async () => {
    const mailFrom = MailFrom.subdomain('bounce', { onMxFailure: MailFromBehaviorOnMxFailure.REJECT_MESSAGE });
    expect(await prove({ mailFrom })).toMatchObject(ALL_PASS);
    await expect(prove({ mailFrom }, { publish: without(mxRecord) })).rejects.toThrow('MailFromDomainNotVerified');
  });

  test('by DMARC when neither DKIM nor SPF is there', async () => {
    const proof = await prove({ bimi: LOGO }, { change: without(dkimRecords, spfRecord) });
    expect(proof).toMatchObject({
      passed: false,
      dkim: { result: 'neutral', reason: 'no key' },
      spf: { result: 'none' },
      dmarc: { result: 'fail', policy: 'quarantine', reason: 'neither SPF nor DKIM passes for an aligned domain' },
      bimi: { result: 'skipped', reason: 'message failed DMARC' },
    });
  });

  test('by DMARC when only what is SES\'s own passes', async () => {
    const proof = await prove({ mailFrom: MailFrom.none() }, { change: without(dkimRecords) });
    expect(proof).toMatchObject({ spf: { result: 'pass', aligned: false }, dkim: { result: 'neutral' }, dmarc: { result: 'fail' } });
  });

  test('by DMARC without the DMARC record, and there is no logo then', async () => {
    const proof = await prove({ bimi: LOGO }, { change: without(dmarcRecord) });
    expect(proof).toMatchObject({
      passed: false, spf: { result: 'pass' }, dkim: { result: 'pass' }, dmarc: { result: 'none', reason: 'no DMARC record' }, bimi: { result: 'skipped', reason: 'DMARC not enabled' },
    });
  });

  test('by DKIM if the text was altered on the way', async () => {
    const proof = await prove({}, { onTheWay: raw => `${raw}U2VuZCBtb25leSE=\r\n` });
    expect(proof).toMatchObject({ passed: false, dkim: { result: 'neutral', reason: 'body hash did not verify' }, spf: { result: 'pass' } });
  });

  test('by DKIM if the subject was altered on the way', async () => {
    const proof = await prove({}, { onTheWay: raw => raw.replace('Subject: Your order', 'Subject: Your prize') });
    expect(proof).toMatchObject({ passed: false, dkim: { result: 'fail', reason: 'bad signature' } });
  });

  test('for an author below the domain where the DMARC record asks for the very same domain', async () => {
    const author = 'post@news.example.com';
    expect(await prove({}, { author })).toMatchObject(ALL_PASS);
    const dkimOnly = await prove({}, { author, change: rewritten(dmarcRecord, 'v=DMARC1;p=quarantine;adkim=s') });
    expect(dkimOnly).toMatchObject({ passed: false, dkim: { result: 'pass', aligned: false }, spf: { aligned: true }, dmarc: { result: 'pass' } });
    const both = await prove({}, { author, change: rewritten(dmarcRecord, 'v=DMARC1;p=quarantine;adkim=s;aspf=s') });
    expect(both).toMatchObject({ passed: false, dkim: { aligned: false }, spf: { aligned: false }, dmarc: { result: 'fail', reason: 'no domain is aligned' } });
  });
});

describe('a logo does not show', () => {
  test('without the BIMI record', async () => {
    expect(await prove({ bimi: LOGO }, { change: without(bimiRecord) })).toMatchObject({ ...ALL_PASS, bimi: { result: 'none', reason: 'no BIMI record' } });
  });

  test('while the DMARC policy is none', async () => {
    const proof = await prove({ bimi: LOGO }, { change: rewritten(dmarcRecord, 'v=DMARC1;p=none;rua=mailto:dmarc@example.com') });
    expect(proof).toMatchObject({ ...ALL_PASS, dmarc: { policy: 'none' }, bimi: { result: 'skipped', reason: 'too lax DMARC policy' } });
  });

  test('while the DMARC policy holds for part of the mail only', async () => {
    const proof = await prove({ bimi: LOGO }, { change: rewritten(dmarcRecord, 'v=DMARC1;p=quarantine;pct=50') });
    expect(proof).toMatchObject({ bimi: { result: 'skipped', reason: 'too lax DMARC policy' } });
  });
});

describe('the proof', () => {
  test('misses each record that is left out', async () => {
    const props = { template: synthesize({ bimi: LOGO }), region: REGION, zones: { [ZONE_ID]: 'example.com' } };
    const unverified = 'SES does not verify example.com: its DKIM records are not there';
    expect(await consequencesOfAbsence(props, await proveDomain(props))).toEqual([
      unverified, unverified, unverified, 'SPF not aligned', 'SPF none', 'DMARC none, BIMI skipped', 'BIMI none',
    ]);
  });

  test('asks the server on loopback and nobody else', async () => {
    const outward = (['resolve', 'resolveTxt', 'resolveMx', 'lookup'] as const).map(method => jest.spyOn(dns, method));
    const { lookups } = await prove({ bimi: LOGO });
    outward.forEach(method => expect(method).not.toHaveBeenCalled());
    expect(lookups).toEqual(expect.arrayContaining(['MX bounce.example.com', 'TXT bounce.example.com', 'TXT amazonses.com', 'TXT _dmarc.example.com']));
  });

  test('looks at an aligned signature, which the one of SES itself is not', async () => {
    const { mail } = await prove();
    expect([...mail.raw.matchAll(/\bd=([\w.]+);/g)].map(([, domain]) => domain)).toEqual(['example.com', 'amazonses.com']);
  });

  test('needs to know which of several domains sends', async () => {
    const stack = new Stack(new App(), 'Mail', { env: { region: REGION } });
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: ZONE_ID, zoneName: 'example.com' });
    for (const domain of ['a.example.com', 'b.example.com']) new VerifiedDomain(stack, domain, { dns: Dns.route53(zone), domain });
    const props = { template: Template.fromStack(stack).toJSON(), region: REGION, zones: { [ZONE_ID]: 'example.com' } };
    await expect(proveDomain(props)).rejects.toThrow('the template has 2 identities');
    expect(await proveDomain({ ...props, domain: 'b.example.com' })).toMatchObject({ ...ALL_PASS, identity: { domain: 'b.example.com' } });
  });
});
