import type { TemplateContent } from './template-content';
import { outlineOf, type TemplateSource } from './template-language';
import { fail } from '../private/errors';

/** The parts of a template that the author gives. */
export interface TemplateParts {
  readonly subject: string;
  readonly html?: TemplateContent;
  readonly text?: TemplateContent;
}

/** The name of a part, as CloudFormation has it without `Part`. */
type PartName = 'subject' | 'html' | 'text';

/** A part with the partials that it uses. */
export interface ComposedPart extends TemplateSource {
  readonly part: PartName;
}

/**
 * The parts of a template, each with those of the partials in front that it uses: SES shares none between parts.
 */
export function composeParts(parts: TemplateParts, partials: Readonly<Record<string, TemplateContent>>): ComposedPart[] {
  const sources = (['subject', 'html', 'text'] as const).flatMap(part => {
    const content = part === 'subject' ? { text: parts.subject, path: undefined } : parts[part];
    return content ? [{ part, text: content.text, origin: content.path ?? `the ${part} part` }] : [];
  });
  return sources.map(source => ({ ...source, text: used(source, partials).map(name => inline(name, partials[name])).join('') + source.text }));
}

/** The partials that a text uses, also by way of others, those that others use first. */
function used(source: TemplateSource, partials: Readonly<Record<string, TemplateContent>>, above: readonly string[] = []): string[] {
  const names = outlineOf(source).partials.flatMap(name => {
    if (!Object.hasOwn(partials, name)) {
      const known = Object.keys(partials);
      fail('EmailTemplate.partial', `${source.origin} uses the partial "${name}", which is ${known.length > 0 ? `not among those given (${known.join(', ')})` : 'not given'}; ` +
        'give it in `partials`, or define it in the part by {{#* inline "..."}}');
    }
    if (above.includes(name)) {
      fail('EmailTemplate.partialCircle', `the partial "${name}" uses itself (${[...above, name].join(' > ')}), so it would never come to an end; take one of the uses out`);
    }
    const partial = { text: partials[name].text, origin: partials[name].path ?? `the partial "${name}"` };
    return [...used(partial, partials, [...above, name]), name];
  });
  return [...new Set(names)];
}

/** SES wants a line break between a partial and what follows, and does not show it. The tilde has Handlebars elsewhere not show it either. */
function inline(name: string, { text }: TemplateContent): string {
  return `{{#* inline "${name}"}}${text}{{/inline~}}\n`;
}
