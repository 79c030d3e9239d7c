import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { VerifiedAddress } from '../../src/identity/verified-address';
import { VerifiedDomain } from '../../src/identity/verified-domain';
import { TemplateContent, VerificationEmailTemplate, type VerificationEmailTemplateProps } from '../../src/templates';
import { VERIFICATION_ELEMENTS } from '../../src/templates/verification-html';
import { findingIdsOf } from '../support/stacks';

const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';

function make(props: Partial<VerificationEmailTemplateProps> = {}) {
  const stack = new Stack(new App(), 'Mail');
  return { stack, template: add(stack, 'Verify', props) };
}

function add(stack: Stack, id: string, props: Partial<VerificationEmailTemplateProps> = {}) {
  return new VerificationEmailTemplate(stack, id, {
    identity: props.identity ?? VerifiedDomain.fromDomainName(stack, `${id}Domain`, 'example.com'),
    fromAddress: 'hello@example.com',
    subject: 'Please confirm',
    html: TemplateContent.inline('<p>One more step.</p>'),
    successUrl: 'https://example.com/yes',
    failureUrl: 'https://example.com/no',
    ...props,
  });
}

const html = (text: string) => () => make({ html: TemplateContent.inline(text) });

test('the template is deployed with all that SES wants, in one line, after its identity', () => {
  const { stack } = make({ html: TemplateContent.inline('<p>\n  One more step.\n</p>\n') });
  Template.fromStack(stack).hasResourceProperties('AWS::SES::CustomVerificationEmailTemplate', {
    TemplateName: Match.stringLikeRegexp('^Mail-Verify-'),
    FromEmailAddress: 'hello@example.com',
    TemplateSubject: 'Please confirm',
    TemplateContent: '<p> One more step. </p> ',
    SuccessRedirectionURL: 'https://example.com/yes',
    FailureRedirectionURL: 'https://example.com/no',
  });
});

test('whoever may send it may do just that, with this template and identity', () => {
  const { stack, template } = make();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
  template.grantSend(role);
  const arn = (resource: string) => ({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ses:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, `:${resource}`]],
  });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [{
        Action: 'ses:SendCustomVerificationEmail',
        Effect: 'Allow',
        Resource: [arn(`custom-verification-email-template/${template.templateName}`), arn('identity/example.com')],
      }],
    },
  });
});

test('74 elements are taken, each with the attributes that all may have', () => {
  expect(VERIFICATION_ELEMENTS.size).toBe(74);
  for (const name of VERIFICATION_ELEMENTS.keys()) expect(html(`<${name} class="c" id="i" style="s" title="t">`)).not.toThrow();
});

test.each([
  ['<a href="https://example.com">here</a>', 'VerificationHtml.element', /has <a>, which SES does not take in a verification mail\. .*; SES adds the one link itself/],
  ['<script>alert(1)</script>', 'VerificationHtml.element', /has <script>/],
  ['<style>p {}</style>', 'VerificationHtml.element', /has <style>/],
  ['<p>x</p><!-- note -->', 'VerificationHtml.comment', /has a comment/],
  ['<p onclick="x()">x</p>', 'VerificationHtml.attribute', /the attribute "onclick" on <p>, where SES takes class, id, style, title/],
  ['<td scope="row">x</td>', 'VerificationHtml.attribute', /the attribute "scope" on <td>/],
  ['<img src="https://example.com/logo.png">', 'VerificationHtml.image', /an image from "https:\/\/example\.com\/logo\.png"/],
  ['<img src="logo.png">', 'VerificationHtml.image', /has its images in it/],
  [`<p>${'x'.repeat(10 * 1024 * 1024)}</p>`, 'VerificationHtml.tooLarge', /SES takes 10485760/],
])('%.40s is refused', (text, code, said) => {
  expect(html(text)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(said), path: 'Mail/Verify' }));
});

test('an image with its bytes is taken', () => {
  expect(html(`<p title="t"><img width="10" height="10" alt="" src="${PIXEL}"></p><table summary="s"><tr><th scope="col">x</th></tr></table>`)).not.toThrow();
});

test.each<[string, Partial<VerificationEmailTemplateProps>, string]>([
  ['a display name', { fromAddress: 'Example <hello@example.com>' }, 'MailAddress.displayName'],
  ['an address elsewhere', { fromAddress: 'hello@example.org' }, 'VerificationEmailTemplate.fromAddress'],
  ['a page without https', { successUrl: 'http://example.com/yes' }, 'HttpsUrl.scheme'],
  ['a page that is no URL', { failureUrl: '/no' }, 'HttpsUrl.scheme'],
  ['a name that SES does not take', { templateName: 'my template' }, 'SesName.form'],
])('%s is refused', (_, props, code) => {
  expect(() => make(props)).toThrow(expect.objectContaining({ code, path: 'Mail/Verify' }));
});

test('an address below the domain, and an identity of just that address, are good senders', () => {
  expect(() => make({ fromAddress: 'hello@mail.example.com' })).not.toThrow();
  const stack = new Stack();
  const identity = new VerifiedAddress(stack, 'Address', { address: 'hello@example.com' });
  expect(() => add(stack, 'Verify', { identity })).not.toThrow();
  expect(() => add(stack, 'Other', { identity, fromAddress: 'other@example.com' })).toThrow('[VerificationEmailTemplate.fromAddress]');
  expect(Object.values(Template.fromStack(stack).findResources('AWS::SES::CustomVerificationEmailTemplate')).map(({ DependsOn }) => DependsOn))
    .toEqual([[stack.getLogicalId(identity.node.defaultChild as never)]]);
});

test('the fifty-first template of an account and Region is reported, until somebody acknowledges it', () => {
  const { stack } = make();
  for (let count = 2; count <= 51; count++) add(stack, `V${count}`);
  expect(findingIdsOf(stack)).toEqual(['cdk-postmaster:VerificationEmailTemplate.tooMany']);
  Validations.of(stack).acknowledge({ id: 'cdk-postmaster:VerificationEmailTemplate.tooMany', reason: 'the limit was raised' });
  add(stack, 'V52');
  expect(findingIdsOf(stack)).toEqual([]);
});
