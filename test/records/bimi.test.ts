import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { expectRefusal, type Refusal } from './refusal';
import { Bimi, DnsRecord } from '../../src/records';

const LOGO = 'https://myhostingserver.com/images/logo.svg';
const CERTIFICATE = 'https://myhostingserver.com/certificate/vmc_2023-01-01.pem';

describe('a BIMI record', () => {
  test('is what the SES guide shows', () => {
    const bimi = Bimi.logo(LOGO, { certificate: CERTIFICATE });
    expect(bimi.render()).toBe(`v=BIMI1;l=${LOGO};a=${CERTIFICATE}`);
    expect(bimi).toMatchObject({ logoUrl: LOGO, certificate: CERTIFICATE, hasCertificate: true, selector: 'default' });
  });

  test('has a certificate only when it is given', () => {
    expect(Bimi.logo(LOGO).render()).toBe(`v=BIMI1;l=${LOGO}`);
    expect(Bimi.logo(LOGO).hasCertificate).toBe(false);
  });

  test('says that a domain takes no part', () => {
    expect(Bimi.declined().render()).toBe('v=BIMI1;l=;a=');
    expect(Bimi.declined()).toMatchObject({ logoUrl: '', hasCertificate: false });
  });

  test('stands at the default selector of a domain or sub-domain', () => {
    expect(Bimi.logo(LOGO).record('Example.com')).toEqual(DnsRecord.txt('default._bimi.example.com', [`v=BIMI1;l=${LOGO}`], {
      purpose: 'BIMI: the logo that mail programs show beside mail from example.com',
    }));
    expect(Bimi.logo(LOGO).record('marketing.example.com').name).toBe('default._bimi.marketing.example.com');
    expect(Bimi.logo(LOGO, { selector: 'Brand2' }).record('example.com').name).toBe('brand2._bimi.example.com');
    expect(Bimi.declined().record('example.com').purpose).toBe('BIMI: mail programs show no logo beside mail from example.com');
  });

  test('may have tokens', () => {
    expect(Bimi.logo('https://${Token[TOKEN.1]}/logo.svg').record('${Token[TOKEN.2]}')).toMatchObject({
      name: 'default._bimi.${Token[TOKEN.2]}', values: ['v=BIMI1;l=https://${Token[TOKEN.1]}/logo.svg'],
    });
  });
});

describe('reading a BIMI record', () => {
  const url = (ending: string) => fc.tuple(arbitrary.domain, fc.stringMatching(/^[a-zA-Z0-9._~%/-]{0,30}$/)).map(([host, path]) => `https://${host}/${path}x${ending}`);

  test('gives back what was written', () => {
    fc.assert(fc.property(url('.svg'), arbitrary.maybe(url('.pem')), arbitrary.maybe(arbitrary.label), (logo, certificate, selector) => {
      const bimi = Bimi.logo(logo, { certificate, selector });
      expect(Bimi.parse(bimi.render(), selector)).toEqual(bimi);
    }));
    expect(Bimi.parse(Bimi.declined().render())).toEqual(Bimi.declined());
  });

  test.each([
    ['blanks and a semicolon at the end', `v=BIMI1; l=${LOGO}; a=${CERTIFICATE};`, `v=BIMI1;l=${LOGO};a=${CERTIFICATE}`],
    ['an empty certificate', `v=BIMI1; l=${LOGO}; a=;`, `v=BIMI1;l=${LOGO}`],
    ['another order', `v=BIMI1;a=${CERTIFICATE};l=${LOGO}`, `v=BIMI1;l=${LOGO};a=${CERTIFICATE}`],
    ['tags of newer drafts', `v=BIMI1;l=${LOGO};lps=brand;avp=brand`, `v=BIMI1;l=${LOGO}`],
    ['no part taken', 'v=BIMI1; l=; a=;', 'v=BIMI1;l=;a='],
    ['no part taken, in short', 'v=BIMI1;l=', 'v=BIMI1;l=;a='],
  ])('takes %s', (_, text, rendered) => {
    expect(Bimi.parse(text).render()).toBe(rendered);
  });
});

test.each<Refusal>([
  ['http:', () => Bimi.logo('http://example.com/logo.svg'), 'HttpsUrl.scheme',
    'the URL of the BIMI logo, "http://example.com/logo.svg", is not an https: URL; write "https://example.com/logo.svg"'],
  ['another image', () => Bimi.logo('https://example.com/logo.png'), 'HttpsUrl.ending', 'the URL of the BIMI logo, "https://example.com/logo.png", does not end in .svg'],
  ['another certificate', () => Bimi.logo(LOGO, { certificate: 'https://example.com/vmc.crt' }), 'HttpsUrl.ending',
    'the URL of the BIMI certificate, "https://example.com/vmc.crt", does not end in .pem'],
  ['credentials', () => Bimi.logo(LOGO, { certificate: 'https://me@example.com/vmc.pem' }), 'HttpsUrl.credentials',
    'the URL of the BIMI certificate on example.com has a user name or password, which everybody would see; give a URL without'],
  ['a fragment', () => Bimi.logo('https://example.com/logo.svg#x'), 'HttpsUrl.fragment',
    'the URL of the BIMI logo, "https://example.com/logo.svg#x", has a fragment (after the #), which no server gets to see; leave it out'],
  ['non-ASCII characters', () => Bimi.logo('https://example.com/lögo.svg'), 'HttpsUrl.characters',
    'the URL of the BIMI logo, "https://example.com/lögo.svg", has blanks or non-ASCII characters; escape them: write "https://example.com/l%C3%B6go.svg"'],
  ['an empty logo', () => Bimi.logo(''), 'HttpsUrl.scheme', 'the URL of the BIMI logo, "", is not an https: URL; write "https://www.example.com/path.svg"'],
  ['a selector that is none', () => Bimi.logo(LOGO, { selector: 'a b' }), 'DomainName.characters',
    'BIMI selector "a b" has the label "a b"; a label has letters, digits, hyphens and underscores only'],
  ['no logo tag', () => Bimi.parse('v=BIMI1'), 'Bimi.noLogo', 'the BIMI record "v=BIMI1" has no logo; add l= with its https: URL, or leave both l= and a= empty to decline'],
  ['a certificate for no logo', () => Bimi.parse(`v=BIMI1;l=;a=${CERTIFICATE}`), 'Bimi.noLogo',
    `the BIMI record "v=BIMI1;l=;a=${CERTIFICATE}" has no logo; add l= with its https: URL, or leave both l= and a= empty to decline`],
  ['another version', () => Bimi.parse(`v=BIMI2;l=${LOGO}`), 'TagList.version',
    `the BIMI record "v=BIMI2;l=${LOGO}" does not begin with v=BIMI1; receivers ignore a record that does not`],
  ['a domain that is none', () => Bimi.declined().record(''), 'DomainName.empty', 'BIMI domain is empty; give a name such as "example.com"'],
])('BIMI is refused with %s', (_, rule, code, sentence) => expectRefusal(rule, code, sentence));
