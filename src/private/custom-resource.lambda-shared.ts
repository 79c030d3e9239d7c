/*
 * The life cycle that all custom resource handlers share.
 *
 * - CloudFormation gets exactly one answer, also when the handler throws or runs out of time.
 * - The physical ID is made from what identifies the thing, never from a random value: a repeated Create finds what the first one made.
 * - A Create that failed answers with FAILED_CREATE as physical ID. The Delete that CloudFormation sends on rollback is then answered without
 *   touching anything, since whatever is there was not made by it.
 */
import { request } from 'node:https';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';

/** The physical ID of a resource which was never made. */
const FAILED_CREATE = 'cdk-postmaster:create-failed';

/** Time kept back for the answer to CloudFormation. */
const ANSWER_MS = 5_000;

/** The longest reason that CloudFormation keeps whole in a stack event. */
const REASON_MAX = 1_000;

/**
 * What a kind of custom resource does. Each verb may be repeated with the same input and must then change nothing.
 */
export interface ResourceKind<P> {
  /** What identifies the thing: when it changes, CloudFormation makes the new one before it deletes the old one. */
  physicalId(properties: P, event: CloudFormationCustomResourceEvent): string;
  create(properties: P): Promise<void>;
  update(properties: P, old: P): Promise<void>;
  delete(properties: P): Promise<void>;
}

/** Sends the answer. Replaced in tests which have no CloudFormation to answer to. */
export type Answer = (url: string, body: string) => Promise<void>;

/**
 * The Lambda handler for a kind of custom resource.
 */
export function customResource<P>(kind: ResourceKind<P>, answer: Answer = put) {
  return async (event: CloudFormationCustomResourceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const properties = event.ResourceProperties as unknown as P;
    let physicalId = 'PhysicalResourceId' in event ? event.PhysicalResourceId : FAILED_CREATE;
    let failure: string | undefined;
    try {
      await withinTime(perform(), context.getRemainingTimeInMillis() - ANSWER_MS);
    } catch (error) {
      failure = messageOf(error);
      log('failed', { RequestType: event.RequestType, LogicalResourceId: event.LogicalResourceId, failure });
    }
    await answer(event.ResponseURL, JSON.stringify({
      Status: failure === undefined ? 'SUCCESS' : 'FAILED',
      Reason: failure?.slice(0, REASON_MAX),
      PhysicalResourceId: physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    }));

    async function perform(): Promise<void> {
      if (event.RequestType === 'Delete') {
        if (event.PhysicalResourceId !== FAILED_CREATE) await kind.delete(properties);
        return;
      }
      const id = kind.physicalId(properties, event);
      if (event.RequestType === 'Update' && event.PhysicalResourceId === id) await kind.update(properties, event.OldResourceProperties as unknown as P);
      else await kind.create(properties);
      physicalId = id;
    }
  };
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

/** One JSON line in the function's log. Never call it with a secret. */
export function log(notice: string, details: object): void {
  console.log(JSON.stringify({ notice, ...details }));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the handler ran out of time; deploy again, it continues where it stopped')), Math.max(ms, 0));
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function put(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'PUT', headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) }, minVersion: 'TLSv1.2' }, response => {
      response.resume();
      response.on('end', () => response.statusCode === 200 ? resolve() : reject(new Error(`CloudFormation answered ${response.statusCode}`)));
    });
    call.on('error', reject);
    call.end(body);
  });
}
