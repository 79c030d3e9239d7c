import { FORWARDED_HEADER, type ForwardSettings } from './forward-constants';
import { type HeaderField, valueOf } from './header-block';
import { returnedFrom } from './return-path';
import type { ReceivedMail } from '../inbox/received-mail';
import { matches } from '../receipt/recipient-condition';

/** What becomes of mail for one or more recipients. */
export interface ForwardPlan {
  /** To whom it goes, each once, with the recipient on whose behalf. */
  readonly copies: readonly Copy[];
  /** Why it goes to nobody. */
  readonly refusal?: string;
  /** The ids of destinations whose bounces these are. */
  readonly returned: readonly string[];
}

/** One message to be sent. */
export interface Copy {
  readonly recipient: string;
  readonly destination: string;
}

/** The policies of domains that do not want to be forged. */
const STRICT = ['quarantine', 'reject'];

/** More than any honest way has (RFC 5321, section 6.3, speaks of 100 at least; Postfix gives up at 50). */
const HOPS_MAX = 50;

/** How many forwarders of this kind may follow one another. */
const FORWARDS_MAX = 5;

/**
 * What becomes of mail, by what SES says of it.
 *
 * Mail is sent on by an identity of ours, which passes all checks at the destination. So mail that is forged would come out genuine, and spam would count
 * against us; both stay in the bucket unless they are wanted. What has a virus never leaves it.
 */
export function planForward(settings: Pick<ForwardSettings, 'routes' | 'sender' | 'forwardSuspicious'>, token: string, { receipt }: ReceivedMail): ForwardPlan {
  const ids = receipt.recipients.map(recipient => returnedFrom(recipient, settings.sender, token));
  const recipients = receipt.recipients.filter((_, index) => ids[index] === undefined);
  const wanted = recipients.flatMap(recipient => destinationsOf(settings, recipient).map((destination): Copy => ({ recipient, destination })));
  const names = wanted.map(({ destination }) => destination.toLowerCase());
  const copies = wanted.filter((_, index) => names.indexOf(names[index]) === index);
  const refusal = refusalOf(settings, receipt) ?? (copies.length === 0 ? 'no route for its recipients' : undefined);
  return { copies: refusal === undefined ? copies : [], refusal, returned: ids.filter(id => id !== undefined) };
}

/** The destinations of the narrowest route. */
export function destinationsOf({ routes }: Pick<ForwardSettings, 'routes'>, recipient: string): readonly string[] {
  return routes.find(([condition]) => matches(condition, recipient))?.[1] ?? [];
}

/**
 * Why a message goes round in circles; undefined when it does not. Answers that programs give to forwarded mail go to its author, or to the return path, and
 * those to be forwarded say that a program wrote them, so that no other program answers.
 */
export function whyLoop(fields: readonly HeaderField[], token: string): string | undefined {
  const marks = fields.filter(({ name }) => name === FORWARDED_HEADER.toLowerCase()).map(valueOf);
  if (marks.includes(token)) return 'loop: this forwarder has sent it before';
  if (marks.length >= FORWARDS_MAX) return 'loop: too many forwarders have sent it';
  return fields.filter(({ name }) => name === 'received').length > HOPS_MAX ? 'loop: it went through too many servers' : undefined;
}

function refusalOf({ forwardSuspicious }: Pick<ForwardSettings, 'forwardSuspicious'>, receipt: ReceivedMail['receipt']): string | undefined {
  if (receipt.virusVerdict?.status === 'FAIL') return 'virus';
  if (forwardSuspicious) return undefined;
  if (receipt.spamVerdict?.status === 'FAIL') return 'spam';
  return receipt.dmarcVerdict?.status === 'FAIL' && STRICT.includes(receipt.dmarcPolicy ?? '') ? 'fails the DMARC policy of its domain' : undefined;
}
