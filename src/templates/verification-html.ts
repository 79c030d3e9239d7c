import { fail } from '../private/errors';
import { startTags } from '../sending/start-tags';

/** Attributes that every element may have. */
const COMMON = ['class', 'id', 'style', 'title'];

/** Elements without attributes of their own. */
const PLAIN = ('abbr acronym address area b bdo big body br button caption center cite code dd del dfn dir div dl dt em fieldset font form h1 h2 h3 h4 h5 h6 head hr ' +
  'html i input ins kbd label legend li map menu optgroup option p pre s samp select small span strike strong sub sup tbody textarea tfoot thead tr tt u var').split(' ');

/** Elements with attributes of their own. */
const SPECIAL: Readonly<Record<string, string>> = {
  blockquote: 'cite',
  q: 'cite',
  col: 'span width',
  colgroup: 'span width',
  img: 'align alt height src width',
  ol: 'start type',
  ul: 'type',
  table: 'summary width',
  td: 'abbr axis colspan rowspan width',
  th: 'abbr axis colspan rowspan scope width',
};

/** The 74 elements that SES takes in a verification mail, with their attributes. */
export const VERIFICATION_ELEMENTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ...PLAIN.map(name => [name, new Set(COMMON)] as const),
  ...Object.entries(SPECIAL).map(([name, own]) => [name, new Set([...COMMON, ...own.split(' ')])] as const),
]);

/** Images and all. */
const BYTES_MAX = 10 * 1024 * 1024;

/**
 * Refuses HTML that SES does not take in a verification mail: it has a list of elements and attributes, without links and scripts, and without comments.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html#send-email-verify-address-custom
 */
export function checkVerificationHtml(html: string, origin: string): void {
  const bytes = Buffer.byteLength(html);
  if (bytes > BYTES_MAX) fail('VerificationHtml.tooLarge', `${origin} has ${bytes} bytes with its images; SES takes ${BYTES_MAX}`);
  if (/<!--/.test(html)) fail('VerificationHtml.comment', `${origin} has a comment (<!--), which SES does not take in a verification mail; leave it out`);
  for (const { element, attributes } of startTags(html)) {
    const accepted = VERIFICATION_ELEMENTS.get(element);
    if (!accepted) {
      fail('VerificationHtml.element', `${origin} has <${element}>, which SES does not take in a verification mail. It takes ${[...VERIFICATION_ELEMENTS.keys()].join(', ')}` +
        `${element === 'a' ? '; SES adds the one link itself' : ''}`);
    }
    const refused = [...attributes.keys()].find(name => !accepted.has(name));
    if (refused !== undefined) {
      fail('VerificationHtml.attribute', `${origin} has the attribute "${refused}" on <${element}>, where SES takes ${[...accepted].join(', ')} in a verification mail`);
    }
    const source = element === 'img' ? attributes.get('src') : undefined;
    if (source !== undefined && !/^data:image\/[a-z.+-]+;base64,[A-Za-z0-9+/=\s]+$/i.test(source)) {
      fail('VerificationHtml.image', `${origin} has an image from ${JSON.stringify(source.slice(0, 80))}; a verification mail has its images in it: src="data:image/png;base64,..."`);
    }
  }
}
