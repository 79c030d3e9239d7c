/** What one method of authentication found. */
export interface AuthenticationResult {
  /** E.g. `spf`, `dkim` or `dmarc`. */
  readonly method: string;
  /** E.g. `pass`, `fail`, `softfail`, `neutral`, `none`, `temperror` or `permerror`; in lower case. */
  readonly result: string;
  /** What it is about, e.g. `header.i`, `header.from`, `client-ip`, `envelope-from` or `helo`. */
  readonly properties: Readonly<Record<string, string>>;
}

/** A header Authentication-Results, taken apart. */
export interface AuthenticationResults {
  /** Who says so: `amazonses.com` when SES does. */
  readonly server: string;
  readonly results: readonly AuthenticationResult[];
}

/** SES writes a semicolon between these properties of SPF, where there should be a blank. */
const SPF_PROPERTIES = ['client-ip', 'envelope-from', 'helo'];

const QUOTED = /"(?:[^"\\]|\\.)*"/y;

/**
 * Takes the value of a header Authentication-Results apart (RFC 8601). Anybody can write such a header: `trustedVerdicts` finds the one of SES.
 *
 * @param value the value of the header, folded or not
 */
export function parseAuthenticationResults(value: string): AuthenticationResults {
  const [server, ...statements] = split(value);
  const results: AuthenticationResult[] = [];
  for (const statement of statements) {
    const [, name, rest] = /^([\w.-]+)(?:\s*\/\s*\d+)?\s*=\s*(.*)$/s.exec(statement) ?? [];
    if (name === undefined) continue;
    const previous = results.at(-1);
    if (SPF_PROPERTIES.includes(name.toLowerCase())) {
      if (previous) results[results.length - 1] = { ...previous, properties: { ...previous.properties, ...properties(statement) } };
      continue;
    }
    const [result, ...others] = rest.split(/\s+/);
    results.push({ method: name.toLowerCase(), result: result.toLowerCase(), properties: properties(others.join(' ')) });
  }
  return { server: server.split(/\s+/)[0].toLowerCase(), results };
}

/** The parts between semicolons, without comments. A semicolon in a comment or between quotation marks separates nothing. */
function split(value: string): string[] {
  const parts = [''];
  let depth = 0;
  for (let index = 0; index < value.length; index++) {
    const character = value[index];
    if (depth === 0 && character === '"') {
      QUOTED.lastIndex = index;
      const quoted = QUOTED.exec(value)?.[0] ?? value.slice(index);
      parts[parts.length - 1] += quoted;
      index += quoted.length - 1;
    } else if (character === '(') {depth++;} else if (character === ')' && depth > 0) {depth--;} else if (depth > 0 && character === '\\') {index++;} else if (depth === 0 && character === ';') {parts.push('');} else if (depth === 0) {parts[parts.length - 1] += character;}
  }
  return parts.map(part => part.trim());
}

function properties(text: string): Record<string, string> {
  const found = text.matchAll(/([\w.-]+)\s*=\s*((?:"(?:[^"\\]|\\.)*"|[^\s"])+)/g);
  return Object.fromEntries([...found].map(([, name, value]) => [name.toLowerCase(), unquoted(value)]));
}

function unquoted(value: string): string {
  return /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value;
}
