import { fail } from '../private/errors';

/** `name=value`, with blanks tolerated around both (RFC 6376, section 3.2; names may have hyphens and dots in MTA-STS). The value may be empty. */
const TAG = /^\s*([a-z][a-z0-9_.-]*)\s*=\s*([\x21-\x7e]+(?:\s+[\x21-\x7e]+)*)?\s*$/i;

/**
 * Reads the list of `name=value` tags that DKIM keys, DMARC, BIMI, MTA-STS and TLS-RPT share, in the order in which they are written.
 * Tag names are case-sensitive (RFC 6376), and receivers ignore a record which has one twice.
 *
 * @param text the text of the record
 * @param what how messages call it, e.g. `DMARC record`
 * @param isPublic whether messages may show the text
 */
export function parseTagList(text: string, what: string, isPublic: boolean = true): Map<string, string> {
  const [record, quoted] = isPublic ? [`${what} "${text}"`, (spec: string) => `"${spec.trim()}", which`] : [what, () => 'a part that'];
  const specs = text.split(';');
  // one semicolon at the end belongs to the grammar
  if (specs.length > 1 && specs.at(-1)!.trim() === '') specs.pop();
  const tags = new Map<string, string>();
  for (const spec of specs) {
    const tag = TAG.exec(spec);
    if (!tag) fail('TagList.malformed', `the ${record} has ${quoted(spec)} is not a tag; tags are name=value in ASCII, with semicolons between them`);
    const [, name, value = ''] = tag;
    if (tags.has(name)) fail('TagList.duplicate', `the ${record} has the tag ${name} twice; receivers ignore such a record`);
    tags.set(name, value);
  }
  return tags;
}

/**
 * Reads a tag list that begins with its version, as all of them but DKIM keys must.
 *
 * @param text the text of the record
 * @param version what `v` has to be, e.g. `DMARC1`
 * @param what how messages call it, e.g. `DMARC record`
 */
export function parseVersionedTagList(text: string, version: string, what: string): Map<string, string> {
  const tags = parseTagList(text, what);
  const [first] = tags;
  if (first[0] !== 'v' || first[1] !== version) {
    fail('TagList.version', `the ${what} "${text}" does not begin with v=${version}; receivers ignore a record that does not`);
  }
  return tags;
}

/**
 * Writes tags in the order given, leaving out those without a value.
 */
export function renderTagList(tags: Record<string, string | undefined>): string {
  return Object.entries(tags).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`).join(';');
}
