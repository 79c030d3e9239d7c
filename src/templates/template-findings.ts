import type { Construct } from 'constructs';
import { outlineOf } from './template-language';
import type { ComposedPart } from './template-parts';
import { fail } from '../private/errors';
import { finding } from '../private/finding';
import { contentProblems } from '../sending/tracked-content';
import { SES_LIMITS } from '../ses/limits';

/** Where SES puts the link by which a recipient leaves a contact list. */
const UNSUBSCRIBE_URL = '{{amazonSESUnsubscribeUrl}}';

/** As often as SES replaces it in a part. */
const UNSUBSCRIBE_MAX = 2;

/**
 * Refuses a template that SES refuses, or sends with a placeholder in it.
 */
export function checkParts(parts: ComposedPart[], unsubscribable: boolean): void {
  const bytes = parts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes > SES_LIMITS.templateBytes) {
    fail('EmailTemplate.tooLarge', `the parts have ${bytes} bytes together; SES takes ${SES_LIMITS.templateBytes}. Refer to images instead of having them in the template`);
  }
  const subject = parts.find(({ part }) => part === 'subject')!;
  if (/[\r\n]/.test(subject.text.replace(/\{\{\/inline~\}\}\n/g, ''))) {
    fail('EmailTemplate.subjectLine', `the subject is ${JSON.stringify(subject.text)}; it is one line`);
  }
  parts.forEach(part => checkUnsubscribe(part, unsubscribable));
}

function checkUnsubscribe({ part, origin, text }: ComposedPart, unsubscribable: boolean): void {
  const count = text.split(UNSUBSCRIBE_URL).length - 1;
  if (part === 'subject' && count > 0) fail('EmailTemplate.unsubscribe', `the subject has ${UNSUBSCRIBE_URL}; SES replaces it in the HTML and text parts only`);
  if (part === 'subject') return;
  if (!unsubscribable && count > 0) {
    fail('EmailTemplate.unsubscribe', `${origin} has ${UNSUBSCRIBE_URL}, which SES replaces only in mail that names a contact list (ListManagementOptions); ` +
      'set `contactListMail: true` if this template is for such mail');
  }
  if (unsubscribable && (count === 0 || count > UNSUBSCRIBE_MAX)) {
    fail('EmailTemplate.unsubscribe', `${origin} has ${UNSUBSCRIBE_URL} ${count} times; mail to a contact list needs it once or twice in each part, as SES replaces two`);
  }
}

/**
 * Reports what deploys but surprises.
 */
export function reportParts(scope: Construct, parts: ComposedPart[]): void {
  const [html, text] = (['html', 'text'] as const).map(name => parts.find(({ part }) => part === name));
  if (!text) {
    finding(scope, 'EmailTemplate.withoutText', 'the template has no text part, so programs that show no HTML show nothing, and filters think the worse of the ' +
      'mail; give `text`');
  }
  for (const problem of contentProblems({ html: html?.text, text: text?.text })) finding(scope, 'EmailTemplate.content', problem);
  for (const part of parts) {
    const lines = outlineOf(part).tripleBraces;
    if (lines.length > 0) {
      finding(scope, 'EmailTemplate.notEscaped', `${part.origin} has {{{ in line ${lines.join(', ')}: SES escapes nothing, with two braces or three; escape in your ` +
        'data what people have typed (escapeHtml of cdk-postmaster/runtime), and write two');
    }
  }
}
