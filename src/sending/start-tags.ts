/** The start tag of an HTML element, name and attribute names in lower case. */
export interface StartTag {
  readonly element: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Elements whose content is text, whatever it looks like. */
const TEXT_ELEMENTS = new Set(['script', 'style', 'textarea', 'title']);

/**
 * The start tags of an HTML text in their order, by the reading of browsers in all that mail shows: comments and scripts hold none, quotes keep
 * a `>` inside a value, and nothing is an error. Values are as written, entities included. Takes time in proportion to the text.
 */
export function startTags(html: string): StartTag[] {
  const tags: StartTag[] = [];
  const opening = /<!--|<([a-z][^\s/>]*)/gi;
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    if (found[1] === undefined) {
      opening.lastIndex = after(html, '-->', opening.lastIndex);
      continue;
    }
    const element = found[1].toLowerCase();
    const { attributes, end } = attributesAt(html, opening.lastIndex);
    tags.push({ element, attributes });
    opening.lastIndex = TEXT_ELEMENTS.has(element) ? afterText(html, element, end) : end;
  }
  return tags;
}

function attributesAt(html: string, start: number): { attributes: Map<string, string>; end: number } {
  const attribute = /[\s/]*([^\s/>][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*)))?/y;
  const attributes = new Map<string, string>();
  let end = start;
  attribute.lastIndex = start;
  for (let found = attribute.exec(html); found; found = attribute.exec(html)) {
    end = attribute.lastIndex;
    const [, name, double, single, bare] = found;
    // of two with one name the first counts
    if (!attributes.has(name.toLowerCase())) attributes.set(name.toLowerCase(), double ?? single ?? bare ?? '');
  }
  return { attributes, end };
}

function afterText(html: string, element: string, start: number): number {
  const closing = new RegExp(`</${element}`, 'gi');
  closing.lastIndex = start;
  return closing.test(html) ? closing.lastIndex : html.length;
}

function after(html: string, mark: string, start: number): number {
  const at = html.indexOf(mark, start);
  return at < 0 ? html.length : at + mark.length;
}
