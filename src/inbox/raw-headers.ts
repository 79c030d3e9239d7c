import type { MailHeader } from '../ses/mail-header';

/** The empty line which ends the headers, with either kind of line end. */
const ENDS = ['\r\n\r\n', '\n\n'];

/**
 * The headers of a message, from the top, unfolded. What is no header is left out.
 *
 * @param message the message as SES stores it; the text of it will do
 */
export function rawHeaders(message: Uint8Array | string): MailHeader[] {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const ends = ENDS.map(end => bytes.indexOf(end)).filter(index => index >= 0);
  const lines = bytes.subarray(0, ends.length > 0 ? Math.min(...ends) : bytes.length).toString('utf8').replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/);
  return lines.flatMap(line => {
    const header = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line);
    return header ? [{ name: header[1], value: header[2].trim() }] : [];
  });
}
