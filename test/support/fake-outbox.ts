import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

/** A message that was taken. */
export interface FakeMessage {
  readonly configurationSet: string;
  readonly sender: string;
  readonly recipients: string[];
  readonly subject: string;
}

interface Text {
  readonly Data: string;
}

/**
 * A fake of the sending of SES: SendEmail of the API version 2 with simple content, from verified senders and through configuration sets that exist. It refuses
 * everything else.
 */
export class FakeOutbox extends FakeJsonService {
  public readonly messages: FakeMessage[] = [];
  public readonly verified = new Set<string>();
  public readonly sets = new Set<string>();

  public override reset(): void {
    super.reset();
    this.messages.length = 0;
    this.verified.clear();
    this.sets.clear();
  }

  protected operationOf(request: IncomingMessage): string | undefined {
    return request.method === 'POST' && request.url === '/v2/email/outbound-emails' ? 'SendEmail' : undefined;
  }

  protected carryOut(_operation: string, input: Json): Json {
    checkMembers('SendEmail', input, ['Content', 'Destination', 'FromEmailAddress', 'ConfigurationSetName'], ['EmailTags', 'ReplyToAddresses']);
    const subject = subjectOf(input.Content as Json);
    checkMembers('Destination', input.Destination, ['ToAddresses'], ['CcAddresses', 'BccAddresses']);
    const { FromEmailAddress: sender, ConfigurationSetName: configurationSet } = input as Record<string, string>;
    const recipients = (input.Destination as { ToAddresses: string[] }).ToAddresses;
    if (recipients.length < 1 || recipients.length > 50) throw new Refusal(400, 'BadRequestException', 'Recipient count is not between 1 and 50.');
    if (!recipients.every(recipient => /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+$/.test(recipient))) throw new Refusal(400, 'BadRequestException', 'Missing final \'@domain\'');
    if (!this.sets.has(configurationSet)) throw new Refusal(404, 'NotFoundException', `Configuration set <${configurationSet}> does not exist.`);
    if (!this.verified.has(sender)) throw new Refusal(400, 'MessageRejected', 'Email address is not verified.');
    this.messages.push({ configurationSet, sender, recipients, subject });
    return { MessageId: `message${this.messages.length}` };
  }
}

function subjectOf(content: Json): string {
  checkMembers('Content', content, ['Simple']);
  checkMembers('Simple', content.Simple, ['Subject', 'Body'], ['Headers']);
  const { Subject, Body } = content.Simple as { Subject: Text; Body: { Text?: Text; Html?: Text } };
  checkMembers('Subject', Subject, ['Data'], ['Charset']);
  if (!Body.Text && !Body.Html) throw new Refusal(400, 'BadRequestException', 'Body must have a Text or an Html part.');
  return Subject.Data;
}
