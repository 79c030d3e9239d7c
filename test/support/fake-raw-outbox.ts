import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';
import { ONCE_ONLY_HEADERS } from '../../src/ses/once-only-headers';

/** A message that was sent. */
export interface SentMessage {
  readonly sender: string;
  readonly feedbackAddress: string;
  readonly to: string;
  readonly configurationSet?: string;
  readonly raw: Buffer;
}

const LINE_MAX = 998;
const SIZE_MAX = 40 * 1024 * 1024;

/**
 * A fake of SendEmail of Amazon SES v2 for raw messages, in the REST-JSON protocol. It refuses what SES refuses of a message, in its words: senders that are not
 * verified, headers that are there twice, lines and messages that are too long.
 */
export class FakeRawOutbox extends FakeJsonService {
  public readonly sent: SentMessage[] = [];

  /** The domains that are verified. */
  public readonly verified = new Set<string>();

  /** Recipients of whom SES wants no mail, as in the sandbox. */
  public readonly unverifiedRecipients = new Set<string>();

  public override reset(): void {
    super.reset();
    this.sent.length = 0;
    this.unverifiedRecipients.clear();
  }

  protected operationOf({ method, url }: IncomingMessage): string | undefined {
    return method === 'POST' && url === '/v2/email/outbound-emails' ? 'SendEmail' : undefined;
  }

  protected carryOut(operation: string, input: Json): Json {
    checkMembers(operation, input, ['FromEmailAddress', 'Destination', 'Content'], ['FeedbackForwardingEmailAddress', 'ConfigurationSetName']);
    const { FromEmailAddress: sender, FeedbackForwardingEmailAddress: feedbackAddress } = input as Record<string, string>;
    const configurationSet = input.ConfigurationSetName as string | undefined;
    const { ToAddresses: [to] } = input.Destination as { ToAddresses: [string] };
    const raw = Buffer.from((input.Content as { Raw: { Data: string } }).Raw.Data, 'base64');
    this.check(sender, raw);
    if (this.unverifiedRecipients.has(to)) throw new Refusal(400, 'MessageRejected', `Email address is not verified. The following identities failed the check in region EU-WEST-1: ${to}`);
    this.sent.push({ sender, feedbackAddress, to, configurationSet, raw });
    return { MessageId: `sent-${this.sent.length}` };
  }

  private check(sender: string, raw: Buffer): void {
    if (raw.length > SIZE_MAX) bad(`Message length is more than ${SIZE_MAX} bytes long: '${raw.length}'.`);
    const headers = headersOf(raw);
    const names = headers.map(({ name }) => name);
    const twice = names.find((name, index) => ONCE_ONLY_HEADERS.has(name) && names.indexOf(name) < index);
    if (twice) bad(`Duplicate header '${twice}'.`);
    if (names.includes('')) bad('Empty header names are illegal.');
    const order = headers.find(({ name }) => name.startsWith('x-ses-'));
    if (order) bad(`Configuration set or identity of ${order.name} does not exist.`);
    const senders = headers.filter(({ name }) => ['from', 'sender', 'return-path'].includes(name)).map(({ value }) => /([^<>\s"]+@[^<>\s"]+?)>?$/.exec(value)?.[1] ?? '');
    if (!names.includes('from')) bad('Missing required header \'From\'.');
    [sender, ...senders].forEach(address => this.checkVerified(address));
    if (raw.toString('latin1').split('\n').some(line => line.replace(/\r$/, '').length > LINE_MAX)) bad('Line length exceeds 1000 characters.');
  }

  private checkVerified(address: string): void {
    if (!this.verified.has(address.slice(address.lastIndexOf('@') + 1))) {
      throw new Refusal(400, 'MessageRejected', `Email address is not verified. The following identities failed the check in region EU-WEST-1: ${address}`);
    }
  }
}

/** As the strictest reader has them: a line ends with any of CR, LF and both. */
function headersOf(raw: Buffer): { name: string; value: string }[] {
  const lines = raw.toString('latin1', 0, 1_000_000).split(/\r\n|\r|\n/);
  const end = lines.indexOf('');
  if (end < 0 || end === lines.length - 1) bad('Missing end of header.');
  return lines.slice(0, end).join('\n').replace(/\n(?=[ \t])/g, '').split('\n').map(line => {
    const colon = line.indexOf(':');
    return { name: line.slice(0, Math.max(colon, 0)).trim().toLowerCase(), value: line.slice(colon + 1).trim() };
  });
}

function bad(message: string): never {
  throw new Refusal(400, 'BadRequestException', message);
}
