import type { ReceivedMail } from './received-mail';
import { fail } from '../private/errors';

/** What Base64 looks like. A message does not: it begins with a header, which has a colon. */
const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/**
 * The message that the SNS action published, as bytes, in whichever of the two encodings. Undefined when the notification of another action has none.
 *
 * UTF-8 loses bytes which are no text. Only with `Base64` in the rule are these the bytes that were sent.
 */
export function receivedContent({ content, mail, receipt }: ReceivedMail): Buffer | undefined {
  if (content === undefined) return undefined;
  const encoding = receipt.action.type === 'SNS' ? receipt.action.encoding : undefined;
  if (!isBase64(content, encoding)) return Buffer.from(content, 'utf8');
  if (!BASE64.test(content)) {
    fail('ReceivedMail.content', `the content of message ${mail.messageId} is not the Base64 that its notification says it is; it was changed on its way`);
  }
  return Buffer.from(content, 'base64');
}

/** SES writes `UTF8` and `BASE64`, the API of rules `UTF-8` and `Base64`, and older records do not say. */
function isBase64(content: string, encoding: string | undefined): boolean {
  return encoding === undefined ? BASE64.test(content) : encoding.toLowerCase() === 'base64';
}
