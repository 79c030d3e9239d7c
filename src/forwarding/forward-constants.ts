/** Where mail goes: the condition of a recipient, and the addresses that get its mail. */
export type Route = readonly [condition: string, destinations: readonly string[]];

/** What the construct tells the function, as JSON in the environment variable FORWARD. */
export interface ForwardSettings {
  /** The value of the dimension of its metrics. */
  readonly forwarder: string;
  /** The narrowest condition first. */
  readonly routes: readonly Route[];
  /** The address that mail is sent by. */
  readonly sender: string;
  /** What the display name names as the way that mail took; undefined stands for what is before the @ of the recipient. */
  readonly via?: string;
  readonly configurationSet?: string;
  /** Whether spam, and mail that fails DMARC, is forwarded. */
  readonly forwardSuspicious: boolean;
  readonly queueUrl: string;
  readonly bucketName: string;
  readonly bucketUrl: string;
  /** Undefined when it is that of the function. */
  readonly bucketRegion?: string;
  /** Only messages that SES has encrypted with this key are forwarded. */
  readonly messageKeyArn?: string;
}

/** The environment variable that holds the settings. */
export const FORWARD_VARIABLE = 'FORWARD';

/** The metrics of a forwarder, and their dimension. */
export const FORWARD_METRICS = { forwarder: 'MailForwarder', forwarded: 'ForwardedMail', notForwarded: 'NotForwardedMail', returned: 'ReturnedMail' } as const;

/** By what a message is marked which a forwarder has sent: its token, once for each time. */
export const FORWARDED_HEADER = 'X-Postmaster-Forwarded';
