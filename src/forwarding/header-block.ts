/*
 * The header of a message, to be changed field by field while every other byte stays as it is.
 *
 * Mail is bytes: a header may be in any charset, or in none. A field is a text with one character for each byte (latin1), which is turned back into the same
 * bytes. The body is never looked at.
 */

/** A header field as it stands in the message. */
export interface HeaderField {
  /** In lower case. Empty for what is no field: a line without a colon, as software with faults writes it. */
  readonly name: string;
  /** The whole field with its folded lines and its line ends. */
  readonly raw: string;
}

/** A message in two parts. */
export interface SplitMessage {
  readonly fields: readonly HeaderField[];
  /** From the empty line on, which is its first; empty when a message is all header. */
  readonly body: Buffer;
  /** How the lines of the header end. */
  readonly lineEnd: string;
}

const LF = 0x0a;
const CR = 0x0d;

/** What a header field may be called (RFC 5322, section 2.2). Software puts a blank before the colon at times. */
const NAME = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:/;

/**
 * Splits a message. Lines may end with CRLF, or with LF alone.
 */
export function splitMessage(message: Buffer): SplitMessage {
  const lines: string[] = [];
  let start = 0;
  while (start < message.length && !isEmptyLine(message, start)) {
    const end = lineEndAfter(message, start);
    const line = message.toString('latin1', start, end);
    if (/^[ \t]/.test(line) && lines.length > 0) lines[lines.length - 1] += line;
    else lines.push(line);
    start = end;
  }
  return {
    fields: lines.map(raw => ({ name: NAME.exec(raw)?.[1].toLowerCase() ?? '', raw })),
    body: message.subarray(start),
    lineEnd: /^[^\n]*[^\r\n]\n/.test(lines[0] ?? '') ? '\n' : '\r\n',
  };
}

/**
 * Puts a message together again.
 */
export function joinMessage({ fields, body }: Pick<SplitMessage, 'fields' | 'body'>): Buffer {
  return Buffer.concat([Buffer.from(fields.map(({ raw }) => raw).join(''), 'latin1'), body]);
}

/**
 * The value of a field in one line, in the charset that it seems to be in: mail which does not say has UTF-8, or else the bytes of some old charset.
 */
export function valueOf({ raw }: HeaderField): string {
  const bytes = Buffer.from(raw.slice(raw.indexOf(':') + 1), 'latin1');
  const text = bytes.toString('utf8');
  return (text.includes('\ufffd') ? bytes.toString('latin1') : text).replace(/\r?\n(?=[ \t])/g, '').replace(/[\r\n\0]+/g, ' ').trim();
}

/**
 * A new field.
 *
 * @param lines the value; a further line is folded
 */
export function fieldOf(name: string, lines: readonly string[], lineEnd: string): HeaderField {
  return { name: name.toLowerCase(), raw: `${name}: ${lines.join(`${lineEnd} `)}${lineEnd}` };
}

function isEmptyLine(message: Buffer, at: number): boolean {
  return message[at] === LF || (message[at] === CR && message[at + 1] === LF);
}

function lineEndAfter(message: Buffer, start: number): number {
  const end = message.indexOf(LF, start);
  return end < 0 ? message.length : end + 1;
}
