/** The characters that mean something in HTML, in elements and in quoted attributes. */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

/**
 * Escapes all texts in the data of a message, however deep, for a template of HTML. SES escapes nothing, so a name that somebody has typed as `<b>` makes the
 * rest of the mail bold, and a link that somebody has typed is a link. The subject and the text part take data as they are: a template with both has to be
 * given the two forms under two names, or text that needs no escaping.
 *
 * @param data a text, or lists and objects of texts; anything else stays as it is
 */
export function escapeHtml<T>(data: T): T {
  if (typeof data === 'string') return data.replace(/[&<>"']/g, character => ENTITIES[character]) as T;
  if (Array.isArray(data)) return data.map(escapeHtml) as T;
  if (typeof data !== 'object' || data === null || data instanceof Date) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, escapeHtml(value)])) as T;
}
