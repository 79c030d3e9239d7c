/*
 * The life cycle that all custom resource handlers share.
 *
 * - CloudFormation gets exactly one answer, also when the handler throws or runs out of time. Lambda delivers an event at least once: the same
 *   request again gets the same answer again, since a repeated Create would find its own work and refuse it as somebody else's.
 * - The physical ID is made from what identifies the thing, never from a random value.
 * - A Create that failed answers with FAILED_CREATE as physical ID. The Delete that CloudFormation sends on rollback is then answered without
 *   touching anything, since whatever is there was not made by it. A kind that can tell what a failed Create has done takes that back.
 * - A Create that CloudFormation gave up before it was answered is followed by a Delete with a physical ID of CloudFormation's own making. It is
 *   carried out, since the Create may have come to its end meanwhile.
 */
import { request } from 'node:https';
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse, Context } from 'aws-lambda';

/** The physical ID of a resource which was never made. */
const FAILED_CREATE = 'cdk-postmaster:create-failed';

/** Time kept back for the answer to CloudFormation. */
const ANSWER_MS = 5_000;

/** How long one attempt to answer may take. */
const ATTEMPT_MS = 2_000;

/** The longest reason that CloudFormation keeps whole in a stack event. */
const REASON_MAX = 1_000;

/**
 * What a kind of custom resource does. The signal is aborted when time is up: what was not begun by then must not begin.
 */
export interface ResourceKind<P> {
  /** What identifies the thing: when it changes, CloudFormation deletes the old one after the new one was made. `found` is what `create` or `update` has returned. */
  physicalId(properties: P, event: CloudFormationCustomResourceEvent, found?: string): string;

  /** What templates read with `Fn::GetAtt`, made from the physical ID alone so that every answer says the same. Left out: nothing. */
  attributes?(physicalId: string): Record<string, string>;

  /** Makes the thing; refuses one that is there already, since it is not ours. May return what the physical ID is to keep. */
  create(properties: P, signal: AbortSignal): Promise<string | void>;

  /**
   * Brings the thing to what `properties` say. Repeated with the same input, or taken back with the two swapped, it ends in the same state.
   *
   * When `old` is another thing (its physical ID differs), the one of `properties` is to be made, or may be there already: CloudFormation rolls a
   * replacement back with one more Update, and deletes the thing that is not needed afterwards. May return what the physical ID is to keep.
   */
  update(properties: P, old: P, signal: AbortSignal, event: CloudFormationCustomResourceEvent): Promise<string | void>;

  /** Deletes what is still ours, and succeeds when nothing is. */
  delete(properties: P, signal: AbortSignal, event: CloudFormationCustomResourceEvent): Promise<void>;

  /** Takes back what a Create that failed may have done all the same. Left out when it cannot be told from what others have done. */
  takeBack?(properties: P, signal: AbortSignal): Promise<void>;
}

/** Sends the answer. Replaced in tests which have no CloudFormation to answer to. */
export type Answer = (url: string, body: string) => Promise<void>;

/**
 * The Lambda handler for a kind of custom resource.
 */
export function customResource<P>(kind: ResourceKind<P>, answer: Answer = put) {
  const answers = new Map<string, string>();

  return async (event: CloudFormationCustomResourceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const body = answers.get(event.RequestId) ?? JSON.stringify(await carryOut(kind, event, context.getRemainingTimeInMillis() - ANSWER_MS));
    answers.set(event.RequestId, body);
    await answer(event.ResponseURL, body);
  };
}

/** Does what the event asks for, and says what came of it. */
async function carryOut<P>(
  kind: ResourceKind<P>, event: CloudFormationCustomResourceEvent, ms: number,
): Promise<CloudFormationCustomResourceResponse> {
  const of = { StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId };
  try {
    const physicalId = await withinTime(signal => perform(kind, event, signal), ms);
    return { Status: 'SUCCESS', PhysicalResourceId: physicalId, ...kind.attributes && { Data: kind.attributes(physicalId) }, ...of };
  } catch (error) {
    const failure = messageOf(error);
    log('failed', { RequestType: event.RequestType, LogicalResourceId: event.LogicalResourceId, failure });
    return { Status: 'FAILED', Reason: failure.slice(0, REASON_MAX), PhysicalResourceId: givenId(event) ?? FAILED_CREATE, ...of };
  }
}

async function perform<P>(kind: ResourceKind<P>, event: CloudFormationCustomResourceEvent, signal: AbortSignal): Promise<string> {
  const given = givenId(event);
  const properties = event.ResourceProperties as unknown as P;
  if (event.RequestType === 'Delete') {
    if (given !== FAILED_CREATE) await kind.delete(properties, signal, event);
    else await kind.takeBack?.(properties, signal);
    return given!;
  }
  if (event.RequestType === 'Update' && given !== FAILED_CREATE) {
    const found = await kind.update(properties, event.OldResourceProperties as unknown as P, signal, event);
    return kind.physicalId(properties, event, found ?? undefined);
  }
  return kind.physicalId(properties, event, await kind.create(properties, signal) ?? undefined);
}

/** The physical ID of the thing so far; there is none before a Create. */
function givenId(event: CloudFormationCustomResourceEvent): string | undefined {
  return event.RequestType === 'Create' ? undefined : event.PhysicalResourceId;
}

/**
 * Tries again while `isTransient` says that waiting may help, with growing, jittered pauses, for about `seconds` at most.
 */
export async function retry<T>(attempt: () => Promise<T>, isTransient: (error: unknown) => boolean, seconds = 30, pauseMs = 500): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (let pause = pauseMs; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await attempt();
    } catch (error) {
      const wait = pause * (0.5 + Math.random() / 2);
      if (!isTransient(error) || Date.now() + wait > end) throw error;
      await new Promise(resolve => setTimeout(resolve, wait));
    }
  }
}

/**
 * Reads until the service shows what was written.
 *
 * @param read what the service shows
 * @param written what it is to show
 * @param sentence what to say when it never does
 */
export async function readBack(
  read: () => Promise<string | undefined>, written: string, sentence: (found: string | undefined) => string,
): Promise<void> {
  class NotYet extends Error {}
  await retry(async () => {
    const found = await read();
    if (found !== written) throw new NotYet(sentence(found));
  }, error => error instanceof NotYet);
}

/** One JSON line in the function's log. Never call it with a secret. */
export function log(notice: string, details: object): void {
  console.log(JSON.stringify({ notice, ...details }));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function withinTime<T>(work: (signal: AbortSignal) => Promise<T>, ms: number): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the handler ran out of time; deploy again'));
      controller.abort();
    }, Math.max(ms, 0));
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Answers, a few times if need be: without an answer CloudFormation waits for an hour. */
function put(url: string, body: string): Promise<void> {
  return retry(() => putOnce(url, body), () => true, (ANSWER_MS - ATTEMPT_MS) / 1000, 250);
}

function putOnce(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: 'PUT',
      headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) },
      minVersion: 'TLSv1.2',
      signal: AbortSignal.timeout(ATTEMPT_MS),
    }, response => {
      response.resume();
      response.on('end', () => response.statusCode === 200 ? resolve() : reject(new Error(`CloudFormation answered ${response.statusCode}`)));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}
