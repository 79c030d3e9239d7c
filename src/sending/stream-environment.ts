import { fail } from '../private/errors';

/** The names of the variables that tell a program how it sends. */
export interface StreamVariables {
  /** Holds the name of the configuration set. */
  readonly configurationSet: string;

  /** Holds the Region of the configuration set, which is the one to send through. */
  readonly region: string;

  /** Holds the From address. */
  readonly fromAddress: string;

  /** Holds the address for bounces and complaints. */
  readonly feedbackAddress: string;
}

/** How a program sends, as its environment says. */
export interface StreamEnvironment {
  /** The name of the configuration set. */
  readonly configurationSet: string;

  /**
   * The Region of the configuration set, which is the one to send through.
   *
   * @default - not given
   */
  readonly region?: string;

  /**
   * The From address, with or without a display name.
   *
   * @default - not given
   */
  readonly fromAddress?: string;

  /**
   * The address to which SES forwards bounces and complaints: for `feedbackAddress` of `sendParameters` and `sesHeaders`.
   *
   * @default - not given
   */
  readonly feedbackAddress?: string;
}

/**
 * The names of the variables, the same for whoever sets and whoever reads them.
 *
 * @param prefix how they begin; a program that sends in several ways has one for each
 */
export function streamVariables(prefix: string = 'SES'): StreamVariables {
  // AWS_REGION is Lambda's own, and Lambda refuses a function that sets it
  if (!/^[A-Z][A-Z0-9_]*$/.test(prefix) || prefix === 'AWS') {
    fail('StreamEnvironment.prefix', `${JSON.stringify(prefix)} cannot begin the names of environment variables; it takes a capital letter, ` +
      'then capital letters, digits and "_", and AWS is taken');
  }
  return {
    configurationSet: `${prefix}_CONFIGURATION_SET`,
    region: `${prefix}_REGION`,
    fromAddress: `${prefix}_FROM_ADDRESS`,
    feedbackAddress: `${prefix}_FEEDBACK_ADDRESS`,
  };
}

/**
 * Reads the variables at run time.
 *
 * @param prefix how they begin
 * @param env where they are, by default the environment of the process
 */
export function streamFromEnvironment(prefix: string = 'SES', env: Record<string, string | undefined> = process.env): StreamEnvironment {
  const names = streamVariables(prefix);
  const configurationSet = env[names.configurationSet];
  if (!configurationSet) {
    fail('StreamEnvironment.missing', `the environment variable ${names.configurationSet} is not set; it names the configuration set to send with, ` +
      'and without one SES publishes no events');
  }
  const read = (name: string) => env[name] || undefined;
  return { configurationSet, region: read(names.region), fromAddress: read(names.fromAddress), feedbackAddress: read(names.feedbackAddress) };
}
