/*
 * Waits for an identity, on behalf of the provider framework of aws-cdk-lib, which asks every so often whether it is done.
 *
 * It only looks. What it knows of the wait, the start, is in the event that the framework hands on, so a repeated event, or another copy of the function, goes on
 * where it was; and a second execution comes to the same answer.
 */
import { type GetEmailIdentityCommandOutput, GetEmailIdentityCommand, NotFoundException, type SESv2Client } from '@aws-sdk/client-sesv2';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { VERIFICATION_INTERVAL_SECONDS, type VerificationProperties } from './verification-constants';
import { explain, verificationOf } from './verification-state.lambda-shared';
import { missingRecords, type Resolver } from '../identity/identity-records.lambda-shared';
import { log } from '../private/custom-resource.lambda-shared';
import { withNewPermission } from '../private/new-permission.lambda-shared';

/** For how long an identity that was made a moment ago may be unknown to SES. */
const UNKNOWN_MS = 120_000;

/** The last look comes as long before the end, since the framework would end the wait without a word. */
const MARGIN_MS = 1.5 * VERIFICATION_INTERVAL_SECONDS * 1000;

/** The longest text that CloudFormation keeps whole in a stack event. */
const REASON_MAX = 1_000;

/** What `begin` hands on to `look`, by way of the framework. */
export interface Begun {
  readonly PhysicalResourceId: string;
  readonly Wait: {
    /** When the wait began, in milliseconds since 1970; undefined when there is nothing to wait for. */
    readonly since?: number;
  };
}

/** An event that has been through `begin`. */
type BegunEvent = CloudFormationCustomResourceEvent & Begun;

/** The handler for a client and a resolver. The framework sends an event once to begin, and then, with what came of that, again and again. */
export function verification(ses: SESv2Client, resolver: Resolver) {
  return async (event: CloudFormationCustomResourceEvent | BegunEvent): Promise<Begun | { IsComplete: boolean }> =>
    'Wait' in event ? look(event, ses, resolver) : begin(event);
}

/** Says what is waited for, and since when. A deletion waits for nothing, and neither does an update of the same identity, or one that is taken back. */
function begin(event: CloudFormationCustomResourceEvent): Begun {
  const { Identity: identity } = propertiesOf(event);
  if (event.RequestType === 'Delete') return { PhysicalResourceId: event.PhysicalResourceId, Wait: {} };
  const isSame = event.RequestType === 'Update' && (event.OldResourceProperties.Identity === identity || event.PhysicalResourceId === identity);
  return { PhysicalResourceId: identity, Wait: isSame ? {} : { since: Date.now() } };
}

/** Looks once. Throws what the stack then shows. */
async function look(event: BegunEvent, ses: SESv2Client, resolver: Resolver): Promise<{ IsComplete: boolean }> {
  if (event.Wait.since === undefined) return { IsComplete: true };
  const { Identity: name, TimeoutSeconds: timeout } = propertiesOf(event);
  const waited = Date.now() - event.Wait.since;
  const identity = await read(name, ses);
  if (!identity) {
    if (waited < UNKNOWN_MS) return { IsComplete: false };
    throw new Error(`SES has no identity ${name} in this account and Region, so there is nothing to wait for; make it first, or give the identity as a construct of the app`);
  }
  const state = verificationOf(identity);
  log('looked', { identity: name, state, seconds: Math.round(waited / 1000) });
  if (state === 'verified') return { IsComplete: true };
  if (state === 'pending' && waited + MARGIN_MS < Number(timeout) * 1000) return { IsComplete: false };
  const missing = await missingRecords(name, identity, resolver) ?? [];
  throw new Error(explain({ name, identity, missing, minutes: Math.round(waited / 60_000) }).slice(0, REASON_MAX));
}

function propertiesOf(event: CloudFormationCustomResourceEvent): VerificationProperties {
  return event.ResourceProperties as unknown as VerificationProperties;
}

function read(name: string, ses: SESv2Client): Promise<GetEmailIdentityCommandOutput | undefined> {
  return withNewPermission(() => ses.send(new GetEmailIdentityCommand({ EmailIdentity: name }))).catch((error: unknown) => {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  });
}
