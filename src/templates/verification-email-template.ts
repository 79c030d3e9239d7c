import { ArnFormat, Names, Resource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { TemplateContent } from './template-content';
import { checkVerificationHtml } from './verification-html';
import { IMailIdentity } from '../identity';
import { fail, located } from '../private/errors';
import { finding } from '../private/finding';
import { PerApp } from '../private/per-app';
import { isWithin } from '../records/domain-name';
import { checkHttpsUrl } from '../records/https-url';
import { normalizeAddress } from '../records/mail-address';
import { SES_LIMITS } from '../ses/limits';
import { checkName, SES_NAMES } from '../ses/names';

/**
 * Properties of a template for verification mail.
 */
export interface VerificationEmailTemplateProps {
  /**
   * The identity that sends. Its DKIM signs the mail.
   */
  readonly identity: IMailIdentity;

  /**
   * The From address, at the identity. Without a display name, which SES does not take here.
   */
  readonly fromAddress: string;

  /**
   * The subject.
   */
  readonly subject: string;

  /**
   * The body: HTML of the 74 elements that SES takes here, without links, scripts and comments, and with images as `data:` URIs. SES adds the link and a note
   * for people who did not ask for it. Up to 10 MB.
   */
  readonly html: TemplateContent;

  /**
   * Where people go whose address is verified: an `https:` URL.
   */
  readonly successUrl: string;

  /**
   * Where people go when that failed: an `https:` URL.
   */
  readonly failureUrl: string;

  /**
   * The name: 1 to 64 letters, digits, `-` and `_`.
   *
   * @default - made from the place in the tree
   */
  readonly templateName?: string;
}

/** How many such templates an app makes in each account and Region. */
const counts = new PerApp(() => new Map<string, number>());

/**
 * The mail by which people verify their own address, in your words: for programs whose customers send from their own addresses.
 *
 * SES takes such mail only outside of the sandbox. Each address that is verified is an identity of the account, of which it may have 10,000 in a Region. To look
 * at the mail, send it to yourself and leave the link alone.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html#send-email-verify-address-custom
 *
 * @example
 * declare const domain: VerifiedDomain;
 * declare const signUp: lambda.Function;
 *
 * const template = new VerificationEmailTemplate(this, 'Verify', {
 *   identity: domain,
 *   fromAddress: 'hello@example.com',
 *   subject: 'Please confirm your address',
 *   html: TemplateContent.inline('<html><body><p>One more step.</p></body></html>'),
 *   successUrl: 'https://example.com/verified',
 *   failureUrl: 'https://example.com/try-again',
 * });
 * template.grantSend(signUp);
 */
export class VerificationEmailTemplate extends Resource {
  /** The name: what programs give to `SendCustomVerificationEmail`. */
  public readonly templateName: string;

  /** The ARN. */
  public readonly templateArn: string;

  private readonly identity: IMailIdentity;

  public constructor(scope: Construct, id: string, props: VerificationEmailTemplateProps) {
    super(scope, id);
    this.identity = props.identity;
    this.templateName = located(this, () => checkName(SES_NAMES.template, props.templateName ?? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' })));
    this.templateArn = Stack.of(this).formatArn({
      service: 'ses', resource: 'custom-verification-email-template', resourceName: this.templateName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    located(this, () => this.checkAll(props));
    this.count();
    const template = this.createTemplate(props);
    template.node.addDependency(props.identity);
  }

  /**
   * Allows to send the mail to any address: on the template and on the identity.
   *
   * @param grantee who may
   */
  public grantSend(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['ses:SendCustomVerificationEmail'], resourceArns: [this.templateArn, this.identity.identityArn] });
  }

  private checkAll({ identity, fromAddress, html, successUrl, failureUrl }: VerificationEmailTemplateProps): void {
    const address = normalizeAddress(fromAddress);
    const { identityName } = identity;
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
    const known = !Token.isUnresolved(address) && !Token.isUnresolved(identityName);
    if (known && !(identityName.includes('@') ? identityName === address : isWithin(domain, identityName))) {
      fail('VerificationEmailTemplate.fromAddress', `fromAddress is "${fromAddress}", which is not at the identity "${identityName}"; give an ` +
        'address that the identity covers');
    }
    checkVerificationHtml(html.text, html.path ?? 'the mail');
    checkHttpsUrl(successUrl, 'successUrl');
    checkHttpsUrl(failureUrl, 'failureUrl');
  }

  private count(): void {
    const { environment } = Stack.of(this);
    const all = counts.of(this);
    const count = (all.get(environment) ?? 0) + 1;
    all.set(environment, count);
    const max = SES_LIMITS.customVerificationTemplates;
    if (count > max) {
      finding(this, 'VerificationEmailTemplate.tooMany', `this is verification template number ${count} of the app in one account and Region, where SES takes ${max}; ` +
        'let customers share templates');
    }
  }

  private createTemplate(props: VerificationEmailTemplateProps): ses.CfnCustomVerificationEmailTemplate {
    const { fromAddress, subject, html, successUrl, failureUrl } = props;
    return new ses.CfnCustomVerificationEmailTemplate(this, 'Resource', {
      templateName: this.templateName,
      fromEmailAddress: fromAddress,
      templateSubject: subject,
      // SES takes it in one line
      templateContent: html.text.replace(/\s*\r?\n\s*/g, ' '),
      successRedirectionUrl: successUrl,
      failureRedirectionUrl: failureUrl,
    });
  }
}
