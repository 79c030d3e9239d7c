import { type StartTag, startTags } from './start-tags';
import { checkTagText } from '../ses/message-tags';

/** Where the pixel goes that tells of an open; without it SES appends the pixel, and programs that cut long mail lose it. Once, in HTML only. */
export const OPEN_TRACKER = '{{ses:openTracker}}';

/** The attribute that keeps SES from redirecting a link. SES takes it off before it sends. */
export const NO_TRACK = 'ses:no-track';

const LINK_TAGS = 'ses:tags';

/** How many links of a message SES tracks. */
const LINKS_MAX = 250;

/** A pair of link tags, as it stands in the attribute. */
const LINK_TAG = /^[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$/;

/** What a URL may consist of (RFC 3986); SES does not track others. */
const URL_TEXT = /^(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9a-f]{2})*$/i;

/**
 * The two parts of a message.
 */
export interface MessageContent {
  /**
   * The HTML part; may be a template of SES.
   *
   * @default - none
   */
  readonly html?: string;

  /**
   * The text part.
   *
   * @default - none
   */
  readonly text?: string;
}

/**
 * The attribute that tags a link, so that click events tell which link it was: `ses:tags="product:book;"`. Empty without tags.
 *
 * @param tags names and values, 1 to 256 ASCII letters, digits, `-` and `_` each
 */
export function linkTags(tags: Record<string, string>): string {
  const pairs = Object.entries(tags).map(([name, value]) => {
    checkTagText(name, `link tag name ${JSON.stringify(name)}`);
    checkTagText(value, `value ${JSON.stringify(value)} of link tag ${JSON.stringify(name)}`);
    return `${name}:${value};`;
  });
  return pairs.length === 0 ? '' : `${LINK_TAGS}="${pairs.join('')}"`;
}

/**
 * What is wrong with content whose opens and clicks are tracked, one sentence each; nothing when all of it works.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/faqs-metrics.html
 */
export function contentProblems(content: MessageContent): string[] {
  const { html = '', text = '' } = content;
  const tags = startTags(html);
  const links = tags.filter(isTracked);
  const trackers = html.split(OPEN_TRACKER).length - 1;
  return [
    ...trackers > 1
      ? [`the HTML part has ${OPEN_TRACKER} ${trackers} times; SES refuses the message (400 BadRequestException), so have it once`] : [],
    ...text.includes(OPEN_TRACKER)
      ? [`the text part has ${OPEN_TRACKER}; opens are tracked in HTML only, so leave it out`] : [],
    ...links.length > LINKS_MAX
      ? [`the HTML part has ${links.length} links; SES tracks ${LINKS_MAX}, so mark those that need no tracking with ${NO_TRACK}`] : [],
    ...links.flatMap(problemsOfUrl),
    ...tags.flatMap(problemsOfAttributes),
  ];
}

function isTracked({ element, attributes }: StartTag): boolean {
  return element === 'a' && !attributes.has(NO_TRACK) && /^\s*(?:https?:|\{\{)/i.test(attributes.get('href') ?? '');
}

function problemsOfUrl({ attributes }: StartTag): string[] {
  const url = attributes.get('href')!.trim();
  return URL_TEXT.test(withoutPlaceholders(url)) ? []
    : [`the link ${JSON.stringify(url)} has characters that a URL has to escape, so SES does not track it; write e.g. %20 for a blank (RFC 3986)`];
}

function problemsOfAttributes({ element, attributes }: StartTag): string[] {
  const own = [NO_TRACK, LINK_TAGS].filter(name => attributes.has(name));
  if (element !== 'a') return own.map(name => `${name} stands on <${element}>; it works on <a> only`);
  const tags = attributes.get(LINK_TAGS);
  const pairs = withoutPlaceholders(tags ?? '').replace(/;\s*$/, '').split(';');
  return tags === undefined || pairs.every(pair => LINK_TAG.test(pair)) ? []
    : [`${LINK_TAGS} is ${JSON.stringify(tags)}; it takes pairs such as product:book; of ASCII letters, digits, "-" and "_"`];
}

/** What a template fills in is taken as good. */
function withoutPlaceholders(text: string): string {
  return text.replace(/\{{2,3}[^{}]*\}{2,3}/g, 'x');
}
