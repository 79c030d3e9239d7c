import { sampleEvent, type SampleChanges, type SampleEventType } from '../../src/events/sample-events';

/*
 * What happened to a thousand messages, and what has to come of it by the SES Developer Guide: its tables of bounce types and sub-types, of complaints, and of
 * what a sender has to do about them. Nothing of it is taken from the code that decides.
 */

/** What has to be done about a recipient: the reason on the suppression list, or why the address is not on it. */
type Due = 'BOUNCE' | 'COMPLAINT' | 'a test' | 'withheld already' | 'may work again' | 'content' | 'somebody looks' | 'nothing';

/** What is told of a recipient. */
export interface News {
  readonly messageId: string;
  readonly address: string;
  readonly eventType: string;
  readonly due: Due;
}

export interface FeedbackMail {
  /** The records of SES, in the order in which they come; some of them twice. */
  readonly records: Record<string, unknown>[];
  /** Messages that are no records of SES. */
  readonly poison: string[];
  /** What the distinct records tell, of each recipient. */
  readonly news: News[];
  /** How many recipients the records tell of that come a second time. */
  readonly repeated: number;
  /** The address and the reason of each entry that the suppression list has to have in the end. */
  readonly suppressions: string[];
}

interface Case {
  readonly type: SampleEventType;
  readonly due: Due;
  readonly changes?: SampleChanges;
  readonly recipients?: number;
  readonly simulator?: string;
}

const bounce = (bounceType: string, bounceSubType: string, due: Due, more: Partial<Case> = {}): Case => ({
  type: 'Bounce', due, changes: { bounce: { bounceType, bounceSubType } }, ...more,
});
const complaint = (changes: SampleChanges, due: Due, more: Partial<Case> = {}): Case => ({ type: 'Complaint', due, changes: { complaint: changes }, ...more });

/** The guide, row by row. Each case happens as often as the others. */
const CASES: Case[] = [
  bounce('Permanent', 'General', 'BOUNCE'),
  bounce('Permanent', 'General', 'BOUNCE', { recipients: 3 }),
  // SES adds sub-types: the type decides then
  bounce('Permanent', 'AddressRetired', 'BOUNCE'),
  // "it was not possible to retrieve the recipient's address from the bounce", so whoever is named may be somebody else
  bounce('Permanent', 'NoEmail', 'somebody looks'),
  bounce('Permanent', 'Suppressed', 'withheld already'),
  bounce('Permanent', 'OnAccountSuppressionList', 'withheld already'),
  bounce('Transient', 'General', 'may work again'),
  bounce('Transient', 'MailboxFull', 'may work again'),
  bounce('Transient', 'MessageTooLarge', 'content'),
  bounce('Transient', 'ContentRejected', 'content'),
  bounce('Transient', 'AttachmentRejected', 'content'),
  bounce('Undetermined', 'Undetermined', 'nothing'),
  complaint({ complaintFeedbackType: 'abuse' }, 'COMPLAINT'),
  complaint({ complaintFeedbackType: 'fraud' }, 'COMPLAINT'),
  complaint({ complaintFeedbackType: undefined, userAgent: undefined, arrivalDate: undefined }, 'COMPLAINT'),
  // one of two, and nobody says who: both, as the guide advises
  complaint({ complaintFeedbackType: 'abuse' }, 'COMPLAINT', { recipients: 2 }),
  complaint({ complaintFeedbackType: 'not-spam' }, 'nothing'),
  complaint({ complaintSubType: 'OnAccountSuppressionList' }, 'withheld already'),
  // the mailbox simulator: what plays a bounce is never suppressed, so that it can play it again
  bounce('Permanent', 'General', 'a test', { simulator: 'bounce' }),
  complaint({ complaintFeedbackType: 'abuse' }, 'a test', { simulator: 'complaint' }),
  { type: 'Reject', due: 'somebody looks' },
  { type: 'Rendering Failure', due: 'content' },
  { type: 'DeliveryDelay', due: 'nothing' },
  { type: 'Delivery', due: 'nothing' },
  { type: 'Subscription', due: 'nothing' },
];

/** What the pipeline does not ask for, so that SES does not publish it. */
const NOT_PUBLISHED: Case[] = [{ type: 'Send', due: 'nothing' }, { type: 'Open', due: 'nothing' }, { type: 'Click', due: 'nothing' }];

/** Addresses that bounce for now so often. The app counts to three. */
const OFTEN = [...Array<number>(6).fill(3), ...Array<number>(6).fill(2)];

const NAMES: Record<string, string> = { Bounce: 'bouncedRecipients', Complaint: 'complainedRecipients', DeliveryDelay: 'delayedRecipients' };

/**
 * @param size how many messages there are in all
 * @param repeated the share of those that come twice
 * @param poisoned the share of those that are no records
 */
export function feedbackMail(size: number, repeated: number, poisoned: number): FeedbackMail {
  const writer = new Writer();
  const distinct = size - Math.round(size * repeated) - Math.round(size * poisoned);
  OFTEN.forEach((times, index) => writer.often(`often-${index}@example.org`, times));
  for (let index = 0; writer.written.length < distinct; index++) writer.write(CASES[index % CASES.length]);
  const shuffled = shuffle(writer.written);
  // every so manieth comes twice: right after the first, so that both are in one batch, or much later
  const again = shuffled.filter((_, index) => index % Math.floor(distinct / (size * repeated)) === 0).slice(0, Math.round(size * repeated));
  const [soon, later] = [again.slice(0, again.length / 2), again.slice(again.length / 2)];
  const records = [...shuffled.flatMap(written => soon.includes(written) ? [written, written] : [written]), ...later];
  const unpublished = NOT_PUBLISHED.flatMap(each => Array.from({ length: 10 }, () => new Writer(`unpublished-${each.type}`).write(each)));
  return {
    records: [...unpublished, ...records].map(({ record }) => record),
    poison: Array.from({ length: Math.round(size * poisoned) }, (_, index) => poison(index)),
    news: writer.written.flatMap(({ news }) => news),
    repeated: again.flatMap(({ news }) => news).length,
    suppressions: writer.suppressions().sort(),
  };
}

interface Written {
  readonly record: Record<string, unknown>;
  readonly news: News[];
}

class Writer {
  public readonly written: Written[] = [];
  private readonly tooOften: string[] = [];

  public constructor(private readonly prefix = 'message') {}

  public write({ type, due, changes = {}, recipients = 1, simulator }: Case, to?: string): Written {
    const id = `${this.prefix}-${this.written.length}`;
    const addresses = Array.from({ length: recipients }, (_, index) => to ?? (simulator ? `${simulator}+${id}@simulator.amazonses.com` : `${id}.${index}@example.net`));
    // as SES writes them: some with a name, some with a domain in upper case
    const given = addresses.map((address, index) => this.written.length % 7 === index ? `Jane Doe <${address.replace('example.net', 'Example.NET')}>` : address);
    const base = sampleEvent(type, { mail: { messageId: id, destination: given, tags: { 'ses:configuration-set': ['receipts'] } }, ...this.particulars(type, id, given) });
    const record = merged(base, changes);
    const news = addresses.map(address => ({ messageId: id, address, eventType: type, due }));
    this.written.push({ record, news });
    return this.written.at(-1)!;
  }

  /** The same address bounces again and again, of late. */
  public often(address: string, times: number) {
    const timestamp = new Date(Date.now() - 60_000).toISOString();
    for (let time = 0; time < times; time++) {
      this.write({ type: 'Bounce', due: 'may work again', changes: { bounce: { bounceType: 'Transient', bounceSubType: 'General', timestamp } } }, address);
    }
    if (times >= 3) this.tooOften.push(address);
  }

  public suppressions() {
    const found = this.written.flatMap(({ news }) => news).filter(({ due }) => due === 'BOUNCE' || due === 'COMPLAINT').map(({ address, due }) => `${address} ${due}`);
    return [...found, ...this.tooOften.map(address => `${address} BOUNCE`)];
  }

  private particulars(type: SampleEventType, id: string, addresses: string[]): SampleChanges {
    const named = NAMES[type] ? { [NAMES[type]]: addresses.map(emailAddress => ({ emailAddress })) } : {};
    switch (type) {
      case 'Bounce': return { bounce: { feedbackId: `feedback-${id}`, ...named } };
      case 'Complaint': return { complaint: { feedbackId: `feedback-${id}`, ...named } };
      case 'DeliveryDelay': return { deliveryDelay: named };
      case 'Delivery': return { delivery: { recipients: addresses } };
      default: return {};
    }
  }
}

/** The changes of a case, laid over one object within the record. */
function merged(record: Record<string, unknown>, changes: SampleChanges) {
  const laid = Object.entries(changes).map(([name, value]) => [name, { ...record[name] as object, ...value as object }]);
  return JSON.parse(JSON.stringify({ ...record, ...Object.fromEntries(laid) as object })) as Record<string, unknown>;
}

/** What is no event of SES, each a little different. */
function poison(index: number) {
  const kinds = [
    `hello ${index}`,
    `{"eventType":"Bounce","mail":{"messageId":"cut-${index}"`,
    JSON.stringify({ order: index }),
    JSON.stringify({ eventType: 'Bounce', mail: { messageId: `no-bounce-${index}`, destination: ['jane@example.net'] } }),
    JSON.stringify({ eventType: 'Complaint', complaint: { complainedRecipients: [{ emailAddress: `no-mail-${index}@example.net` }] } }),
  ];
  return kinds[index % kinds.length];
}

/** The same order in each run. */
function shuffle<T>(list: readonly T[]): T[] {
  const shuffled = [...list];
  let seed = 1;
  for (let index = shuffled.length - 1; index > 0; index--) {
    seed = (seed * 48_271) % 2_147_483_647;
    const other = seed % (index + 1);
    [shuffled[index], shuffled[other]] = [shuffled[other], shuffled[index]];
  }
  return shuffled;
}
