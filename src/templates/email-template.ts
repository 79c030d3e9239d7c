import { ArnFormat, Names, Resource, type IResource, Stack } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { TemplateContent } from './template-content';
import { checkParts, reportParts } from './template-findings';
import { outlineOf, renderTemplate } from './template-language';
import { type ComposedPart, composeParts } from './template-parts';
import { fail, located } from '../private/errors';
import { PerApp } from '../private/per-app';
import { checkName, SES_NAMES } from '../ses/names';

/**
 * A template of mail, of this app or imported.
 */
export interface IEmailTemplate extends IResource {
  /**
   * The name: what programs give to SES when they send.
   *
   * @attribute
   */
  readonly templateName: string;

  /**
   * The ARN.
   *
   * @attribute
   */
  readonly templateArn: string;
}

/**
 * Properties of a template of mail.
 */
export interface EmailTemplateProps {
  /**
   * The subject: one line in the template language.
   */
  readonly subject: string;

  /**
   * The HTML part. One of `html` and `text` is needed.
   *
   * @default - none
   */
  readonly html?: TemplateContent;

  /**
   * The text part. Give both: a template without text is reported.
   *
   * @default - none
   */
  readonly text?: TemplateContent;

  /**
   * Texts that the parts use as `{{> name}}`. SES shares none between parts, so each part gets a copy of those that it uses.
   *
   * @default - none
   */
  readonly partials?: { [name: string]: TemplateContent };

  /**
   * Data of a typical message. All parts are rendered with it at synth; a value that the template prints and the data lack is refused, as SES would send no
   * message then. Not deployed.
   *
   * @default - the syntax is checked only
   */
  readonly sampleData?: { [name: string]: any };

  /**
   * Whether the template is for mail that names a contact list. Then `{{amazonSESUnsubscribeUrl}}` has to be in the HTML and the text part, once or twice each;
   * else it must not be there.
   *
   * @default false
   */
  readonly contactListMail?: boolean;

  /**
   * The name: 1 to 64 letters, digits, `-` and `_`. Programs send by it. A new name is a new template, and the old one is deleted.
   *
   * @default - made from the place in the tree
   */
  readonly templateName?: string;
}

/** The templates of an app by name, for each account and Region. */
const templates = new PerApp(() => new Map<string, Construct>());

/**
 * A template of mail in SES, checked at synth: the syntax with file and line, the helpers and partials that it uses, its size, and, with sample data, whether it
 * renders.
 *
 * SES accepts a message whose data do not fit its template, and drops it: let the stream that sends publish `RENDERING_FAILURE`. SES escapes nothing: escape in
 * your data what people have typed.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-api.html
 *
 * @example
 * declare const receipts: MailStream;
 * declare const domain: VerifiedDomain;
 * declare const shop: lambda.Function;
 *
 * const receipt = new EmailTemplate(this, 'Receipt', {
 *   subject: 'Your order {{order.number}}',
 *   html: TemplateContent.inline('<p>Thank you, {{name}}.</p><ul>{{#each order.lines}}<li>{{title}}</li>{{/each}}</ul>'),
 *   text: TemplateContent.inline('Thank you, {{name}}.'),
 *   sampleData: { name: 'Ann', order: { number: 7, lines: [{ title: 'Tea' }] } },
 * });
 * receipts.grantSend(shop, domain, { actions: [SendAction.SEND_TEMPLATED_EMAIL], templates: [receipt.templateName] });
 */
export class EmailTemplate extends Resource implements IEmailTemplate {
  /**
   * A template that exists already, in the account and Region of the stack.
   *
   * @param scope where the import is used
   * @param id a name for it
   * @param templateName the name of the template
   */
  public static fromTemplateName(scope: Construct, id: string, templateName: string): IEmailTemplate {
    class Import extends Resource implements IEmailTemplate {
      public readonly templateName = located(scope, () => checkName(SES_NAMES.template, templateName));
      public readonly templateArn = arnOf(this, templateName);
    }
    return new Import(scope, id);
  }

  /** The name: what programs give to SES when they send. */
  public readonly templateName: string;

  /** The ARN. */
  public readonly templateArn: string;

  /** The values that the data of a message bring, such as `name` and `order.lines[].title`, sorted. */
  public readonly variables: string[];

  public constructor(scope: Construct, id: string, props: EmailTemplateProps) {
    super(scope, id);
    this.templateName = this.nameOf(props);
    this.templateArn = arnOf(this, this.templateName);
    const parts = located(this, () => this.checkedParts(props));
    this.variables = [...new Set(parts.flatMap(part => outlineOf(part).variables))].sort();
    if (props.sampleData) this.tryOut(parts, props.sampleData);
    reportParts(this, parts);
    this.createTemplate(parts);
  }

  private nameOf({ templateName }: EmailTemplateProps): string {
    const name = templateName ?? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    const claimed = templates.of(this);
    const place = `${Stack.of(this).environment}/${located(this, () => checkName(SES_NAMES.template, name))}`;
    const other = claimed.get(place);
    if (other) fail('EmailTemplate.twice', `"${name}" is the template of ${other.node.path} already, in the same account and Region; take another name`, this);
    claimed.set(place, this);
    return name;
  }

  private checkedParts({ subject, html, text, partials = {}, contactListMail = false }: EmailTemplateProps): ComposedPart[] {
    if (!html && !text) fail('EmailTemplate.empty', 'neither html nor text is given; SES takes a template with one of them, and both are better');
    const parts = composeParts({ subject, html, text }, partials);
    checkParts(parts, contactListMail);
    return parts;
  }

  private tryOut(parts: ComposedPart[], sampleData: object): void {
    for (const part of parts) {
      const { missing } = located(this, () => renderTemplate(part, sampleData));
      if (missing.length > 0) {
        fail('EmailTemplate.sampleData', `${part.origin} prints ${missing.join(', ')}, which sampleData does not have; SES sends no message whose data lack a value. Add it to the data, or ` +
          'print it inside {{#if ...}}', this);
      }
    }
  }

  private createTemplate(parts: ComposedPart[]): void {
    const text = (name: ComposedPart['part']) => parts.find(({ part }) => part === name)?.text;
    new ses.CfnTemplate(this, 'Resource', {
      template: { templateName: this.templateName, subjectPart: text('subject')!, htmlPart: text('html'), textPart: text('text') },
    });
  }
}

function arnOf(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({ service: 'ses', resource: 'template', resourceName: name, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
}
