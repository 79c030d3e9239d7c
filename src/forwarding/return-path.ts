import { createHash } from 'node:crypto';

/*
 * Where bounces of forwarded mail go.
 *
 * The address in the envelope is SES's own, and bounces come to SES, which publishes them as events or forwards them by email to the Return-Path. That one is
 * made for each destination (VERP), as a tag of the sender's address, which needs no verification of its own:
 *
 *   forwarder+fwd-<token of the forwarder>-<hash of the destination>@example.com
 *
 * It may well be received by the rule that forwards. Mail to it is never forwarded: that would send the bounce to the one who bounces.
 */

const TOKEN_LENGTH = 8;
const HASH_LENGTH = 10;

/** How much longer a return path is than the address that it is made of. */
export const RETURN_PATH_TAG_LENGTH = '+fwd-'.length + TOKEN_LENGTH + 1 + HASH_LENGTH;

/** What a forwarder is known by in the messages that it has sent. It tells nothing of where it runs. */
export function forwarderToken(queueUrl: string): string {
  return sha256(queueUrl).slice(0, TOKEN_LENGTH);
}

/** What a destination is called in logs and return paths. */
export function destinationId(destination: string): string {
  return sha256(destination.toLowerCase()).slice(0, HASH_LENGTH);
}

/** The return path of a message to a destination. */
export function returnPath(sender: string, token: string, destination: string): string {
  return returnPathTo(sender, token, destinationId(destination));
}

/**
 * The id of the destination whose bounce is sent to an address; undefined when the address is no return path of the forwarder. Servers on the way may have
 * changed the case.
 */
export function returnedFrom(address: string, sender: string, token: string): string | undefined {
  const given = address.toLowerCase();
  const [id = ''] = /[0-9a-f]+(?=@)/.exec(given) ?? [];
  return id.length === HASH_LENGTH && given === returnPathTo(sender, token, id).toLowerCase() ? id : undefined;
}

function returnPathTo(sender: string, token: string, id: string): string {
  const at = sender.lastIndexOf('@');
  return `${sender.slice(0, at)}+fwd-${token}-${id}${sender.slice(at)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
