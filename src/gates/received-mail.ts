/* Stub, until the chapter `receipt` has it. */
type Verdict = { readonly status: string };

export interface ReceivedMail {
  readonly mail: {
    readonly messageId: string;
    readonly source: string;
    readonly timestamp: string;
    readonly headers: readonly { readonly name: string; readonly value: string }[];
    readonly headersTruncated: boolean;
    readonly commonHeaders: { readonly subject?: string; readonly from?: string[] };
    readonly authors: readonly string[];
  };
  readonly receipt: {
    readonly recipients: readonly string[];
    readonly spamVerdict?: Verdict;
    readonly virusVerdict?: Verdict;
    readonly spfVerdict?: Verdict;
    readonly dkimVerdict?: Verdict;
    readonly dmarcVerdict?: Verdict;
    readonly dmarcPolicy?: string;
  };
}

export function parseReceivedMail(event: unknown): ReceivedMail {
  return (event as { Records: { ses: ReceivedMail }[] }).Records[0].ses;
}
