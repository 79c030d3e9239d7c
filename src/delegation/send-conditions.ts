import { isIPv4 } from 'node:net';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/**
 * The display name of a From address, as a condition on who may send.
 */
export class DisplayName {
  /**
   * Exactly this name; `StringLike` without a wildcard means that too.
   *
   * @param name e.g. `Example Shop`
   */
  public static exactly(name: string): DisplayName {
    return new DisplayName(name);
  }

  /**
   * Any name which contains this text.
   *
   * @param text e.g. `Marketing`
   */
  public static containing(text: string): DisplayName {
    return new DisplayName(`*${text}*`);
  }

  private constructor(/** The pattern of the policy. */ public readonly pattern: string) {
    if (pattern === '' || pattern === '**') fail('Grant.displayName', 'the display name is empty; leave the condition out to allow any');
  }
}

/**
 * Limits to what a grantee may send. Limits of different kinds all have to hold; of several values of one kind, one has to match.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
 */
export interface SendConditions {
  /**
   * The From addresses, with `*` as wildcard, e.g. `*@example.com`. IAM compares letter by letter, in the case that the sender writes.
   *
   * @default - any address of the identity
   */
  readonly fromAddresses?: string[];

  /**
   * The display names of the From address.
   *
   * @default - any
   */
  readonly fromDisplayNames?: DisplayName[];

  /**
   * The recipients, with `*` as wildcard. Each To, Cc and Bcc address has to match one.
   *
   * @default - anybody
   */
  readonly recipients?: string[];

  /**
   * The Return-Path addresses to which SES forwards bounces and complaints.
   *
   * @default - any
   */
  readonly feedbackAddresses?: string[];

  /**
   * The version of the SES API, `1` or `2`. SMTP counts as version 2, so `2` still admits it and `1` shuts it out.
   *
   * @default - both
   */
  readonly apiVersion?: string;

  /**
   * The instant from which on mail may be sent.
   *
   * @default - at once
   */
  readonly notBefore?: Date;

  /**
   * The instant up to which mail may be sent.
   *
   * @default - for ever
   */
  readonly notAfter?: Date;

  /**
   * The public source addresses, as IP addresses or CIDR blocks. Private ranges never match here: they are `vpcSourceIps`.
   *
   * @default - any
   */
  readonly sourceIps?: string[];

  /**
   * The private source addresses of calls which come through a VPC endpoint.
   *
   * @default - any
   */
  readonly vpcSourceIps?: string[];

  /**
   * The IDs of the VPCs from which calls may come through an endpoint.
   *
   * @default - any, and calls from outside a VPC
   */
  readonly sourceVpcs?: string[];

  /**
   * The IDs of the VPC endpoints through which calls may come.
   *
   * @default - any, and calls from outside a VPC
   */
  readonly vpcEndpoints?: string[];

  /**
   * The user agents, with `*` as wildcard. A client can claim any: this prevents accidents, not abuse.
   *
   * @default - any
   */
  readonly userAgents?: string[];

  /**
   * Whether calls must be encrypted. SES has no unencrypted API; some policies ask for the condition to be spelt out.
   *
   * @default false
   */
  readonly secureTransport?: boolean;
}

/** The conditions that read the addresses of the message; SES fills them in for some actions only. */
export const ADDRESS_CONDITIONS = ['fromAddresses', 'fromDisplayNames', 'recipients', 'feedbackAddresses'] as const;

type PolicyConditions = Record<string, Record<string, string | string[]>>;

/**
 * The conditions of an IAM policy statement. Refuses what could never match.
 */
export function renderConditions(conditions: SendConditions): PolicyConditions {
  const rendered: PolicyConditions = {};
  const add = (operator: string, key: string, value: string | string[] | undefined) => {
    if (value !== undefined) (rendered[operator] ??= {})[key] = value;
  };
  add('StringLike', 'ses:FromAddress', addresses('fromAddresses', conditions.fromAddresses));
  add('StringLike', 'ses:FromDisplayName', atLeastOne('fromDisplayNames', conditions.fromDisplayNames?.map(name => name.pattern)));
  add('StringLike', 'ses:FeedbackAddress', addresses('feedbackAddresses', conditions.feedbackAddresses));
  add('ForAllValues:StringLike', 'ses:Recipients', addresses('recipients', conditions.recipients));
  // ForAllValues holds when the key is absent: without this, a call that carries no recipients key would slip through
  add('Null', 'ses:Recipients', conditions.recipients && 'false');
  add('StringEquals', 'ses:ApiVersion', apiVersion(conditions.apiVersion));
  addWindow(conditions, add);
  add('IpAddress', 'aws:SourceIp', publicRanges(conditions.sourceIps));
  add('IpAddress', 'aws:VpcSourceIp', atLeastOne('vpcSourceIps', conditions.vpcSourceIps));
  add('StringEquals', 'aws:SourceVpc', atLeastOne('sourceVpcs', conditions.sourceVpcs));
  add('StringEquals', 'aws:SourceVpce', atLeastOne('vpcEndpoints', conditions.vpcEndpoints));
  add('StringLike', 'aws:UserAgent', atLeastOne('userAgents', conditions.userAgents));
  add('Bool', 'aws:SecureTransport', conditions.secureTransport ? 'true' : undefined);
  return rendered;
}

/** The address patterns with upper-case letters, which IAM will not match against an address in lower case. */
export function mixedCasePatterns(conditions: SendConditions): string[] {
  return [...conditions.fromAddresses ?? [], ...conditions.recipients ?? [], ...conditions.feedbackAddresses ?? []]
    .filter(pattern => !hasToken(pattern) && pattern !== pattern.toLowerCase());
}

function atLeastOne(prop: string, values: string[] | undefined): string[] | undefined {
  if (values?.length === 0) fail('Grant.emptyCondition', `${prop} is an empty list, which would allow nothing; leave it out to allow any`);
  return values;
}

function addresses(prop: string, values: string[] | undefined): string[] | undefined {
  for (const value of atLeastOne(prop, values) ?? []) {
    if (/[^\x00-\x7f]/.test(value)) fail('Grant.nonAscii', `${prop} has "${value}"; SES addresses are 7-bit ASCII, a domain in its xn-- form`);
    if (!hasToken(value) && !value.includes('@') && !value.includes('*')) {
      fail('Grant.address', `${prop} has "${value}", which matches no address; write "user@example.com" or "*@example.com"`);
    }
  }
  return values;
}

function apiVersion(version: string | undefined): string | undefined {
  if (version !== undefined && version !== '1' && version !== '2') fail('Grant.apiVersion', `apiVersion is "${version}"; SES has "1" and "2"`);
  return version;
}

function publicRanges(ranges: string[] | undefined): string[] | undefined {
  for (const range of atLeastOne('sourceIps', ranges) ?? []) {
    const [address] = range.split('/');
    if (isIPv4(address) && /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address)) {
      fail('Grant.privateSourceIp', `sourceIps has "${range}", a private range; AWS sees public addresses there, so use vpcSourceIps`);
    }
  }
  return ranges;
}

function addWindow({ notBefore, notAfter }: SendConditions, add: (operator: string, key: string, value?: string) => void): void {
  if (notBefore && notAfter && notBefore >= notAfter) {
    fail('Grant.timeWindow', `notBefore ${notBefore.toISOString()} is not before notAfter ${notAfter.toISOString()}, so nothing could ever be sent`);
  }
  add('DateGreaterThanEquals', 'aws:CurrentTime', notBefore?.toISOString());
  add('DateLessThanEquals', 'aws:CurrentTime', notAfter?.toISOString());
}
