import { isObject } from '../private/json-value';

/**
 * What a function tells SES to do next: it returns `{ disposition: Disposition.STOP_RULE }`. SES only listens when the action is synchronous
 * (`RequestResponse`).
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda.html
 */
export enum Disposition {
  /** Go on. So is anything that SES does not understand. */
  CONTINUE = 'CONTINUE',

  /** Nothing more of this rule; the rules behind it are looked at. */
  STOP_RULE = 'STOP_RULE',

  /** Nothing more at all. */
  STOP_RULE_SET = 'STOP_RULE_SET',
}

/**
 * What SES takes the result of a function for.
 */
export function dispositionOf(result: unknown): Disposition {
  const given = isObject(result) ? result.disposition : undefined;
  return Object.values(Disposition).find(known => known === given) ?? Disposition.CONTINUE;
}
