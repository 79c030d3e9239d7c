import { REGION_TABLE, type RegionRow } from './region-table';
import { fail } from '../private/errors';
import { hasToken } from '../private/tokens';

/**
 * Corrections for a Region which is newer than this library, or which has learnt something since.
 */
export interface SesRegionOverrides {
  /**
   * Whether SES receives mail there.
   *
   * @default - the library's table; for a Region that it does not know: true
   */
  readonly receiving?: boolean;

  /**
   * Whether SES tracks opens and clicks there.
   *
   * @default - the library's table; for a Region that it does not know: true
   */
  readonly tracking?: boolean;

  /**
   * Whether clients can submit mail by SMTP there.
   *
   * @default - the library's table; for a Region that it does not know: true
   */
  readonly smtp?: boolean;

  /**
   * The domain suffix of SMTP and inbound hosts there.
   *
   * @default - amazonaws.com
   */
  readonly urlSuffix?: string;

  /**
   * The zone into which Easy DKIM records point there. Only for checks and display: deployed records take the names that SES returns.
   *
   * @default - the library's table; for a Region that it does not know: `dkim.<region>.amazonses.com`
   */
  readonly dkimZone?: string;
}

/**
 * What SES is in one Region: what it can do there, and the hosts that mail records point to.
 *
 * A Region that is a token (an environment-agnostic stack) or that the library does not know yet is taken as fully supported, and its hosts
 * follow the pattern that all Regions share.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/ses.html
 */
export class SesRegion {
  /**
   * The names of the Regions that the library knows, in alphabetical order.
   */
  public static get known(): string[] {
    return [...REGION_TABLE.keys()];
  }

  /**
   * A Region by name.
   *
   * @param name e.g. `eu-west-1`, or a token such as `stack.region`
   * @param overrides corrections to what the library knows of it
   */
  public static of(name: string, overrides: SesRegionOverrides = {}): SesRegion {
    if (!hasToken(name) && !/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(name)) {
      fail('SesRegion.name', `"${name}" is not the name of an AWS Region; the form is "eu-west-1"`);
    }
    return new SesRegion(name, overrides, REGION_TABLE.get(name));
  }

  /** The name of the Region; may be a token. */
  public readonly name: string;

  /** Whether the library's table has the Region. */
  public readonly isKnown: boolean;

  /** Whether SES receives mail there. */
  public readonly supportsReceiving: boolean;

  /** Whether SES tracks opens and clicks there. */
  public readonly supportsTracking: boolean;

  /** Whether clients can submit mail by SMTP there. */
  public readonly supportsSmtp: boolean;

  /** Whether the API has a host there which uses validated cryptography only (FIPS 140); true for a Region that is a token or not known. */
  public readonly supportsFips: boolean;

  /** The AWS partition; undefined for a Region that is a token or not known. */
  public readonly partition?: string;

  private readonly urlSuffix: string;
  private readonly knownDkimZone?: string;

  private constructor(name: string, overrides: SesRegionOverrides, row?: RegionRow) {
    this.name = name;
    this.isKnown = row !== undefined;
    this.partition = row?.partition;
    this.supportsReceiving = overrides.receiving ?? row?.receiving ?? true;
    this.supportsTracking = overrides.tracking ?? row?.tracking ?? true;
    this.supportsSmtp = overrides.smtp ?? row?.smtp ?? true;
    this.supportsFips = row?.fips ?? true;
    this.urlSuffix = overrides.urlSuffix ?? (name.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com');
    this.knownDkimZone = overrides.dkimZone ?? (row && !row.regionalDkim ? 'dkim.amazonses.com' : undefined);
  }

  /** The host which clients submit mail to by SMTP. */
  public get smtpEndpoint(): string {
    return `email-smtp.${this.name}.${this.urlSuffix}`;
  }

  /** The host of the SES API. */
  public get apiEndpoint(): string {
    return `email.${this.name}.${this.urlSuffix}`;
  }

  /** The host which the MX record of a receiving domain names. */
  public get inboundEndpoint(): string {
    return `inbound-smtp.${this.name}.${this.urlSuffix}`;
  }

  /** The host which the MX record of a MAIL FROM domain names: bounces go there. */
  public get feedbackEndpoint(): string {
    return `feedback-smtp.${this.name}.amazonses.com`;
  }

  /** The domain of SES's own open and click links. */
  public get trackingDomain(): string {
    return `r.${this.name}.awstrack.me`;
  }

  /** The zone that Easy DKIM records point into, for checks and display; deployed records take the names that SES returns. */
  public get dkimZone(): string {
    return this.knownDkimZone ?? `dkim.${this.name}.amazonses.com`;
  }
}
