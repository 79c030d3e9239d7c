import type { IncomingMessage } from 'node:http';
import { type FakeAnswer, FakeService, Refusal } from './fake-service';
import type { FakeIdentity, FakeSesIdentities } from './fake-ses-identities';
import { BOOLEAN, listOf, readInput, renderOutput, type Structure, TEXT } from './query-protocol';

const VERSION = '2010-12-01';
const NAMESPACE = `http://ses.amazonaws.com/doc/${VERSION}/`;
const TYPES = ['Bounce', 'Complaint', 'Delivery'] as const;

const OPERATIONS: Record<string, Structure> = {
  GetIdentityNotificationAttributes: { 'Identities!': listOf(TEXT) },
  SetIdentityNotificationTopic: { 'Identity!': TEXT, 'NotificationType!': TYPES, 'SnsTopic': TEXT },
  SetIdentityHeadersInNotificationsEnabled: { 'Identity!': TEXT, 'NotificationType!': TYPES, 'Enabled!': BOOLEAN },
};

interface Input { Identities: string[]; Identity: string; NotificationType: typeof TYPES[number]; SnsTopic?: string; Enabled: boolean }

/**
 * A fake of what Amazon SES v1 has for notifications of identities, which it shares with the second version of the API. It refuses what SES refuses: identities that do
 * not exist, topics to which it may not publish or cannot.
 */
export class FakeSesNotifications extends FakeService {
  /** Topics to which SES may not publish, or not yet: how many more times they are refused. */
  public readonly closed = new Map<string, number>();

  /** Each change with its subject, in order, also those of forwarding. */
  public readonly changes: string[] = [];

  public constructor(private readonly identities: FakeSesIdentities) {
    super();
  }

  public override reset(): void {
    super.reset();
    this.closed.clear();
    this.changes.length = 0;
  }

  /** What SES does when it fails to publish a bounce or a complaint: it takes the topic off and forwards again. */
  public loseTopic(identity: string, type: typeof TYPES[number]): void {
    const { topics } = this.identityOf(identity);
    topics.delete(type);
    this.identityOf(identity).forwarding = true;
  }

  protected answer(request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    const form = new URLSearchParams(body);
    const operation = form.get('Action') ?? '';
    note(operation);
    if (!/ Credential=[^/]+\/\d+\/[^/]+\/ses\/aws4_request,/.test(request.headers.authorization ?? '')) {
      throw new Refusal(403, 'SignatureDoesNotMatch', 'Credential should be scoped to correct service: \'ses\'.');
    }
    if (!(operation in OPERATIONS) || form.get('Version') !== VERSION) throw new Refusal(400, 'InvalidAction', `Could not find operation ${operation} for version ${form.get('Version')}`);
    const input = readInput<Input>(form, OPERATIONS[operation]);
    if (operation === 'GetIdentityNotificationAttributes') return { status: 200, body: this.read(operation, input.Identities) };
    this.change(operation, input);
    return { status: 200, body: renderOutput(operation, NAMESPACE, {}) };
  }

  /** A map has an entry for each key; none for an identity that does not exist. */
  private read(operation: string, names: string[]): string {
    if (names.length > 100) throw new Refusal(400, 'InvalidParameterValue', 'Too many identities');
    const entries = names.filter(name => this.identities.identities.has(name)).map(name => {
      const { topics, headers, forwarding } = this.identityOf(name);
      const attributes = {
        ...Object.fromEntries(TYPES.map(type => [`${type}Topic`, topics.get(type)])),
        ...Object.fromEntries(TYPES.map(type => [`HeadersIn${type}NotificationsEnabled`, headers.has(type)])),
        ForwardingEnabled: forwarding,
      };
      return renderOutput('', '', { entry: { key: name, value: attributes } }).match(/<entry>.*<\/entry>/)![0];
    });
    return renderOutput(operation, NAMESPACE, { NotificationAttributes: 'ENTRIES' }).replace('ENTRIES', entries.join(''));
  }

  private change(operation: string, { Identity, NotificationType: type, SnsTopic: topic, Enabled }: Input): void {
    const { topics, headers } = this.identityOf(Identity);
    if (operation === 'SetIdentityNotificationTopic') {
      if (topic !== undefined) this.tryOut(topic);
      if (topic === undefined) topics.delete(type);
      else topics.set(type, topic);
      this.changes.push(`${type} ${topic?.split(':').pop() ?? 'none'}`);
      return;
    }
    if (Enabled) headers.add(type);
    else headers.delete(type);
    this.changes.push(`${type} headers ${Enabled}`);
  }

  private tryOut(topic: string): void {
    const left = this.closed.get(topic) ?? 0;
    this.closed.set(topic, left - 1);
    if (!/^arn:[^:]+:sns:[^:]+:\d{12}:[A-Za-z0-9_-]+$/.test(topic) || left > 0) throw new Refusal(400, 'InvalidParameterValue', `Could not publish to SNS topic <${topic}>.`);
  }

  private identityOf(name: string): FakeIdentity {
    const identity = this.identities.identities.get(name);
    if (!identity) throw new Refusal(400, 'InvalidParameterValue', `Identity ${name} is invalid. Must be a verified email address or domain.`);
    return identity;
  }
}
