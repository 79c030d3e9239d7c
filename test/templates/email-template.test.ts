import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EmailTemplate, type EmailTemplateProps, TemplateContent } from '../../src/templates';
import { escapeHtml } from '../../src/templates/escape-html';
import { findingIdsOf } from '../support/stacks';

const { inline } = TemplateContent;

function stackWith(props: Partial<EmailTemplateProps> = {}) {
  const stack = new Stack(new App(), 'Mail');
  const template = new EmailTemplate(stack, 'Welcome', { subject: 'Hello {{name}}', html: inline('<p>{{name}}</p>'), text: inline('{{name}}'), ...props });
  return { stack, template };
}

const refused = (props: Partial<EmailTemplateProps>) => expect(() => stackWith(props));

test('a template is deployed as written, under a name that programs can know beforehand', () => {
  const { stack, template } = stackWith();
  Template.fromStack(stack).hasResourceProperties('AWS::SES::Template', {
    Template: { TemplateName: 'Mail-Welcome-32F4B1FC', SubjectPart: 'Hello {{name}}', HtmlPart: '<p>{{name}}</p>', TextPart: '{{name}}' },
  });
  expect(template.templateName).toBe('Mail-Welcome-32F4B1FC');
  expect(stack.resolve(template.templateArn)).toEqual({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':template/Mail-Welcome-32F4B1FC']],
  });
  expect(findingIdsOf(stack)).toEqual([]);
});

test('a template of one part leaves the other out', () => {
  Template.fromStack(stackWith({ html: undefined }).stack).hasResourceProperties('AWS::SES::Template', { Template: { HtmlPart: Match.absent(), TextPart: '{{name}}' } });
});

test('the variables of all parts are known', () => {
  expect(stackWith({ subject: '{{a}}', html: inline('{{#each b}}{{c}}{{/each}}'), text: inline('{{a}}{{d}}') }).template.variables).toEqual(['a', 'b', 'b[].c', 'd']);
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'templates-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are read as they are, line breaks included', () => {
    writeFileSync(join(folder, 'welcome.html'), '<p>\n{{name}}\n</p>\n');
    Template.fromStack(stackWith({ html: TemplateContent.fromFile(join(folder, 'welcome.html')) }).stack)
      .hasResourceProperties('AWS::SES::Template', { Template: { HtmlPart: '<p>\n{{name}}\n</p>\n' } });
  });

  test('with a mistake are named with the line', () => {
    const path = join(folder, 'welcome.html');
    writeFileSync(path, '<p>\n{{#if vip}}\n');
    refused({ html: TemplateContent.fromFile(path) }).toThrow(`${path}, line 3: Expecting`);
  });

  test('that are not there are named', () => {
    expect(() => TemplateContent.fromFile(join(folder, 'none.html'))).toThrow(expect.objectContaining({ code: 'TemplateContent.file', message: expect.stringContaining('none.html" of a template cannot be read: ENOENT') }));
  });
});

describe('partials', () => {
  const partials = { footer: inline('{{> shop}}, {{year}}'), shop: inline('{{shopName}}'), unused: inline('x') };

  test('go into each part that uses them, those that others use first, and no others', () => {
    const { stack, template } = stackWith({ partials, html: inline('<p>{{> footer}}</p>'), text: inline('{{> shop}}') });
    Template.fromStack(stack).hasResourceProperties('AWS::SES::Template', {
      Template: {
        SubjectPart: 'Hello {{name}}',
        HtmlPart: '{{#* inline "shop"}}{{shopName}}{{/inline~}}\n{{#* inline "footer"}}{{> shop}}, {{year}}{{/inline~}}\n<p>{{> footer}}</p>',
        TextPart: '{{#* inline "shop"}}{{shopName}}{{/inline~}}\n{{> shop}}',
      },
    });
    expect(template.variables).toEqual(['name', 'shopName', 'year']);
  });

  test('render with sample data', () => {
    expect(() => stackWith({ partials, html: inline('<p>{{> footer}}</p>'), sampleData: { name: 'Ann', shopName: 'Tea', year: 2026 } })).not.toThrow();
    refused({ partials, html: inline('<p>{{> footer}}</p>'), sampleData: { name: 'Ann', shopName: 'Tea' } }).toThrow('prints year, which sampleData does not have');
  });

  test('that are not given are named', () => {
    refused({ html: inline('{{> footer}}') }).toThrow('the html part uses the partial "footer", which is not given; give it in `partials`, or define it in the part by {{#* inline "..."}} (at Mail/Welcome) [EmailTemplate.partial]');
    refused({ html: inline('{{> header}}'), partials }).toThrow('which is not among those given (footer, shop, unused)');
  });

  test('that use themselves are refused', () => {
    refused({ html: inline('{{> a}}'), partials: { a: inline('{{> b}}'), b: inline('{{> a}}') } }).toThrow('the partial "a" uses itself (a > b > a), so it would never come to an end');
    refused({ html: inline('{{> a}}'), partials: { a: inline('{{> a}}') } }).toThrow('[EmailTemplate.partialCircle]');
  });
});

describe('sample data', () => {
  test('that lack a value which a part prints are refused', () => {
    refused({ sampleData: { nam: 'Ann' } }).toThrow('the subject part prints name, which sampleData does not have; SES sends no message whose data lack a value');
    refused({ sampleData: {} }).toThrow('[EmailTemplate.sampleData]');
  });

  test('are not deployed', () => {
    expect(JSON.stringify(Template.fromStack(stackWith({ sampleData: { name: 'Canary' } }).stack))).not.toContain('Canary');
  });
});

describe('refused is', () => {
  test.each([
    ['a template without a body', { html: undefined, text: undefined }, 'EmailTemplate.empty'],
    ['a template above 500 KB in UTF-8', { html: inline('ä'.repeat(256 * 1024)) }, 'EmailTemplate.tooLarge'],
    ['a subject of two lines', { subject: 'Hello\n{{name}}' }, 'EmailTemplate.subjectLine'],
    ['a name that SES does not take', { templateName: 'my template' }, 'SesName.form'],
    ['bad syntax', { text: inline('{{name') }, 'EmailTemplate.syntax'],
    ['a helper that SES does not have', { text: inline('{{upper name}}') }, 'EmailTemplate.language'],
    ['an unsubscribe link without a contact list', { text: inline('{{amazonSESUnsubscribeUrl}}') }, 'EmailTemplate.unsubscribe'],
    ['an unsubscribe link in the subject', { subject: '{{amazonSESUnsubscribeUrl}}', contactListMail: true }, 'EmailTemplate.unsubscribe'],
    ['a part to a contact list without an unsubscribe link', { contactListMail: true }, 'EmailTemplate.unsubscribe'],
    ['a part with three unsubscribe links', { contactListMail: true, html: inline('{{amazonSESUnsubscribeUrl}}'.repeat(3)) }, 'EmailTemplate.unsubscribe'],
  ])('%s', (_, props, code) => {
    refused(props).toThrow(expect.objectContaining({ code, path: 'Mail/Welcome' }));
  });

  test('a second template of the same name in the account and Region', () => {
    const { stack } = stackWith({ templateName: 'welcome' });
    expect(() => new EmailTemplate(stack, 'Again', { subject: 'x', text: inline('x'), templateName: 'welcome' })).toThrow('"welcome" is the template of Mail/Welcome already');
    const elsewhere = new Stack(stack.node.root as App, 'Elsewhere', { env: { account: '111122223333', region: 'eu-west-1' } });
    expect(() => new EmailTemplate(elsewhere, 'Again', { subject: 'x', text: inline('x'), templateName: 'welcome' })).not.toThrow();
    expect(() => new EmailTemplate(stack, 'Third', { subject: 'x', text: inline('x'), templateName: 'welcome' })).toThrow('[EmailTemplate.twice]');
  });
});

test('once or twice in each part, the unsubscribe link is right for mail to a contact list', () => {
  const link = '{{amazonSESUnsubscribeUrl}}';
  expect(findingIdsOf(stackWith({ contactListMail: true, html: inline(`<a href="${link}">Leave</a>${link}`), text: inline(link), sampleData: { name: 'Ann' } }).stack)).toEqual([]);
});

describe('reported is', () => {
  test.each([
    ['a template without text', { text: undefined }, 'EmailTemplate.withoutText'],
    ['a second open tracker', { html: inline('{{ses:openTracker}}{{ses:openTracker}}') }, 'EmailTemplate.content'],
    ['three braces', { html: inline('<p>\n{{{name}}}</p>') }, 'EmailTemplate.notEscaped'],
  ])('%s, until somebody acknowledges it', (_, props, id) => {
    const { stack } = stackWith(props);
    expect(findingIdsOf(stack)).toEqual([`cdk-postmaster:${id}`]);
    const quiet = new Stack(new App(), 'Mail');
    Validations.of(quiet).acknowledge({ id: `cdk-postmaster:${id}`, reason: 'known' });
    new EmailTemplate(quiet, 'Welcome', { subject: 's', html: inline('h'), text: inline('t'), ...props });
    expect(findingIdsOf(quiet)).toEqual([]);
  });
});

test('an imported template has its ARN', () => {
  const stack = new Stack();
  expect(stack.resolve(EmailTemplate.fromTemplateName(stack, 'T', 'welcome').templateArn)).toMatchObject({ 'Fn::Join': ['', expect.arrayContaining([':template/welcome'])] });
  expect(() => EmailTemplate.fromTemplateName(stack, 'U', 'no good')).toThrow('[SesName.form]');
});

test('escapeHtml escapes texts however deep, and leaves everything else', () => {
  const date = new Date();
  expect(escapeHtml({ name: '<b>"A" & \'B\'</b>', list: [{ x: '<' }, 1, null, true], date })).toEqual({
    name: '&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;', list: [{ x: '&lt;' }, 1, null, true], date,
  });
});
