import { FORWARD_VARIABLE, type ForwardSettings, type Route } from './forward-constants';
import { destinationsOf } from './forward-decision';
import { fail } from '../private/errors';
import { SETTINGS_BYTES_MAX } from '../private/mail-function';
import { hasToken } from '../private/tokens';
import type { Recipient } from '../receipt';
import { mostSpecificFirst } from '../receipt/recipient-condition';
import { normalizeAddress } from '../records/mail-address';

/**
 * Who gets the mail of a recipient.
 */
export interface ForwardRoute {
  /**
   * Whose mail it is: an address, with its tags; a domain; its subdomains. Of several routes for a recipient the narrowest counts, alone.
   */
  readonly recipient: Recipient;

  /**
   * The addresses that get a copy, one or more. None of them may be a recipient of the same forwarder.
   */
  readonly destinations: string[];
}

/**
 * Routes as the function reads them, the narrowest first.
 */
export function routeTable(routes: readonly ForwardRoute[]): Route[] {
  if (routes.length === 0) fail('MailForwarder.noRoutes', 'routes is an empty list, so no mail would go anywhere; say who gets the mail of whom');
  const conditions = routes.map(({ recipient }) => recipient.condition);
  const twice = conditions.find((condition, index) => conditions.indexOf(condition) < index);
  if (twice !== undefined) fail('MailForwarder.routeTwice', `"${twice}" has two routes; give it one with all destinations`);
  const table = mostSpecificFirst(routes, ({ recipient }) => [recipient.condition]).map(({ recipient, destinations }): Route => {
    if (destinations.length === 0) fail('MailForwarder.noDestinations', `the route of "${recipient.condition}" has no destinations; leave it out, or say who gets the mail`);
    return [recipient.condition, [...new Set(destinations.map(normalizeAddress))]];
  });
  table.flatMap(([, destinations]) => destinations).forEach(destination => refuseCircle(table, destination));
  return table;
}

/** The settings as the environment variable holds them. */
export function settingsText(settings: ForwardSettings): string {
  const text = JSON.stringify(settings);
  const bytes = Buffer.byteLength(text);
  if (bytes > SETTINGS_BYTES_MAX) {
    fail('MailForwarder.tooLarge', `the settings of the forwarder have ${bytes} bytes, most of them its routes, and the environment of a function has room for ` +
      `${SETTINGS_BYTES_MAX} (variable ${FORWARD_VARIABLE}); make several forwarders, or forward to the address of a group`);
  }
  return text;
}

/** Mail that comes back to where it was sent from is not sent on again. */
function refuseCircle(table: readonly Route[], destination: string): void {
  if (hasToken(destination) || destinationsOf({ routes: table }, destination).length === 0) return;
  fail('MailForwarder.circle', `the destination "${destination}" is a recipient of the same forwarder, so mail would go in a circle, which it does once and no further; ` +
    'give the address where that mail ends');
}
