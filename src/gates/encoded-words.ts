/** Words of other charsets in a header (RFC 2047), one or more with blanks between them. */
const WORDS = /=\?[^?\s]+\?[bq]\?[^?\s]*\?=(?:\s+=\?[^?\s]+\?[bq]\?[^?\s]*\?=)*/gi;
const WORD = /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?([^?\s]*)\?=/gi;

/**
 * The text that the value of a header stands for. SES decodes some headers and not others, and spam is often encoded so that no filter sees its words.
 */
export function decodeWords(value: string): string {
  return value.replace(WORDS, words => {
    let text = '';
    let bytes = Buffer.alloc(0);
    let charset = '';
    for (const [, nextCharset, encoding, content] of words.matchAll(WORD)) {
      // one character may be spread over two words
      if (nextCharset.toLowerCase() !== charset) {
        text += decode(bytes, charset);
        [bytes, charset] = [Buffer.alloc(0), nextCharset.toLowerCase()];
      }
      bytes = Buffer.concat([bytes, encoding.toLowerCase() === 'b' ? Buffer.from(content, 'base64') : unquoted(content)]);
    }
    return text + decode(bytes, charset);
  });
}

function unquoted(content: string): Buffer {
  return Buffer.from(content.replace(/_/g, ' ').replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
}

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset || 'utf-8').decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
