import { fail } from '../private/errors';

/**
 * The identities of another account from which mail is sent: their ARNs, as the owner tells them.
 */
export interface DelegatedArns {
  /** The identity of the sender. */
  readonly identityArn: string;

  /**
   * The identity of the header From, where that is another one. SES knows this for raw messages only.
   *
   * @default - as `identityArn`
   */
  readonly fromArn?: string;

  /**
   * The identity of the Return-Path address, to which SES forwards bounces and complaints.
   *
   * @default - as `identityArn`
   */
  readonly returnPathArn?: string;
}

/** The part of an SESv2 `SendEmail` or `SendBulkEmail` input that names the identities. */
export interface DelegatedSendParameters {
  FromEmailAddressIdentityArn: string;
  FeedbackForwardingEmailAddressIdentityArn?: string;
}

/** The part of an SES v1 input that names the identities. */
export interface DelegatedSendParametersV1 {
  SourceArn: string;
  ReturnPathArn?: string;
}

/** The part of an SES v1 `SendRawEmail` input that names the identities. */
export interface DelegatedRawParametersV1 extends DelegatedSendParametersV1 {
  FromArn?: string;
}

const IDENTITY_ARN = /^arn:[^:]+:ses:([^:]+):\d{12}:identity\/.+$/;

/** The headers that name the identities. */
const HEADERS = { source: 'X-SES-SOURCE-ARN', sender: 'X-SES-FROM-ARN', returnPath: 'X-SES-RETURN-PATH-ARN' } as const;

/**
 * Parameters for SESv2 `SendEmail` and `SendBulkEmail`, to be spread into the input. They win over the headers of a raw message. SES lets others send in the Region of
 * the identity only: `delegatedRegion` tells it.
 */
export function delegatedSendEmail(arns: DelegatedArns): DelegatedSendParameters {
  const { identityArn, returnPathArn } = check(arns);
  if (arns.fromArn !== undefined) {
    fail('Delegated.fromArn', 'fromArn is given, and SESv2 has no parameter for it; put delegatedHeaders into a raw message, or leave it out');
  }
  const parameters = { FromEmailAddressIdentityArn: identityArn };
  return returnPathArn === undefined ? parameters : { ...parameters, FeedbackForwardingEmailAddressIdentityArn: returnPathArn };
}

/**
 * Parameters for SES v1 `SendEmail`, `SendTemplatedEmail` and `SendBulkTemplatedEmail`, to be spread into the input.
 */
export function delegatedSendEmailV1(arns: DelegatedArns): DelegatedSendParametersV1 {
  const { identityArn, returnPathArn } = check(arns);
  if (arns.fromArn !== undefined) fail('Delegated.fromArn', 'fromArn is given, and only SendRawEmail has a parameter for it; leave it out');
  return { SourceArn: identityArn, ...returnPathArn === undefined ? {} : { ReturnPathArn: returnPathArn } };
}

/**
 * Parameters for SES v1 `SendRawEmail`, to be spread into the input. Without `fromArn` and `returnPathArn`, `identityArn` stands for all.
 */
export function delegatedSendRawEmailV1(arns: DelegatedArns): DelegatedRawParametersV1 {
  const { identityArn, fromArn, returnPathArn } = check(arns);
  return {
    SourceArn: identityArn,
    ...fromArn === undefined ? {} : { FromArn: fromArn },
    ...returnPathArn === undefined ? {} : { ReturnPathArn: returnPathArn },
  };
}

/**
 * Headers for mail by SMTP, where SES asks for all three, or for raw messages. SES takes them off before it sends, so a DKIM signature of your own must not cover them:
 * `delegatedHeaderProblems` sees that.
 */
export function delegatedHeaders(arns: DelegatedArns): Record<string, string> {
  const { identityArn, fromArn, returnPathArn } = check(arns);
  return { [HEADERS.source]: identityArn, [HEADERS.sender]: fromArn ?? identityArn, [HEADERS.returnPath]: returnPathArn ?? identityArn };
}

/**
 * The Region in which SES lets others send from the identities.
 */
export function delegatedRegion(arns: DelegatedArns): string {
  return IDENTITY_ARN.exec(check(arns).identityArn)![1];
}

/**
 * What is wrong with the headers of a finished message that is sent from an identity of another account: a header that is missing, one that is there twice, of which
 * SES reads the first only, and one that a DKIM signature covers, which breaks when SES takes the header off. An empty list means that nothing is.
 *
 * @param headers names and values of all headers, in their order
 */
export function delegatedHeaderProblems(headers: readonly (readonly [name: string, value: string])[]): string[] {
  const names = headers.map(([name]) => name.toLowerCase());
  const signed = headers.filter(([name]) => name.toLowerCase() === 'dkim-signature').flatMap(([, value]) => signedNames(value));
  return Object.values(HEADERS).flatMap(header => {
    const count = names.filter(name => name === header.toLowerCase()).length;
    return [
      ...count === 0 ? [`${header} is missing`] : [],
      ...count > 1 ? [`${header} is there ${count} times, and SES reads the first only`] : [],
      ...signed.includes(header.toLowerCase()) ? [`a DKIM signature covers ${header}, which SES takes off, so that the signature breaks`] : [],
    ];
  });
}

/** The headers that a DKIM signature covers. */
function signedNames(signature: string): string[] {
  const list = /(?:^|;)\s*h\s*=([^;]*)/.exec(signature)?.[1] ?? '';
  return list.split(':').map(name => name.replace(/\s/g, '').toLowerCase());
}

function check(arns: DelegatedArns): DelegatedArns {
  const { identityArn, fromArn = identityArn, returnPathArn = identityArn } = arns;
  const given = [identityArn, fromArn, returnPathArn];
  const wrong = given.find(arn => !IDENTITY_ARN.test(arn) || /[^\x21-\x7e]/.test(arn));
  if (wrong !== undefined) {
    fail('Delegated.arn', `${JSON.stringify(wrong)} is not the ARN of an SES identity; the form is "arn:aws:ses:eu-west-1:444455556666:identity/example.com"`);
  }
  const regions = new Set(given.map(arn => IDENTITY_ARN.exec(arn)![1]));
  if (regions.size > 1) fail('Delegated.regions', `the identities are in ${[...regions].join(' and ')}; one message is sent in one Region, with identities of that Region`);
  return arns;
}
