import type { IncomingMessage } from 'node:http';
import type { FakeBucket } from './fake-bucket';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { type FakeAnswer, Refusal } from './fake-service';

interface ImportJob {
  readonly created: number;
  readonly destination: Json;
  readonly source: { S3Url: string; DataFormat: string };
  /** How often it will still be seen at work. */
  looks: number;
  ended: Json & { JobStatus: string };
}

interface Contact {
  readonly unsubscribeAll?: boolean;
  readonly attributesData?: string;
  readonly topicPreferences?: { topicName: string; subscriptionStatus: string }[];
}

const S3_URL = /^s3:\/\/([^/]+)\/(.+)$/;
const ADDRESS = /^[\x21-\x3f\x41-\x7e]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
const ROWS_MAX: Record<string, number> = { PUT: 100_000, DELETE: 10_000, CONTACTS: 1_000_000 };
const PAGE_MAX = 1000;

/**
 * A fake of the import jobs of SES, with the suppression list and one contact list that they change, and of the listing of the former. Jobs read their file from a bucket,
 * as SES does, in JSON only.
 */
export class FakeSesImports extends FakeJsonService {
  public productionAccess = true;
  /** How often a job is seen at work before it has ended. */
  public looks = 1;
  /** The addresses that SES does not take, for reasons of its own. */
  public readonly refused = new Set<string>();
  /** How many jobs are made of which nobody is told. */
  public lostAnswers = 0;
  /** What a job ends as, whatever is in its file. */
  public fate?: { JobStatus: 'FAILED' | 'CANCELLED'; ErrorMessage?: string };

  /** The suppression list: reasons by address. */
  public readonly suppressed = new Map<string, string>();
  public contactList?: { readonly name: string; readonly topics: string[] };
  public readonly contacts = new Map<string, Contact>();
  public readonly jobs = new Map<string, ImportJob>();
  /** How many addresses a page has at most. */
  public pageMax = PAGE_MAX;

  /** The keys that the policies of the bucket, or of its key, do not let SES read. */
  public unreadable?: RegExp;

  private readonly failedRecords = new Map<string, string>();

  public constructor(private readonly bucket: FakeBucket, private readonly bucketName: string) {
    super();
  }

  public override reset(): void {
    super.reset();

    Object.assign(this, { productionAccess: true, looks: 1, lostAnswers: 0, pageMax: PAGE_MAX });
    this.fate = this.unreadable = this.contactList = undefined;
    [this.refused, this.suppressed, this.contacts, this.jobs, this.failedRecords].forEach(kept => kept.clear());
  }

  protected operationOf({ method, url }: IncomingMessage): string | undefined {
    const { pathname } = new URL(url!, this.endpoint);
    const [, kind, name] = /^\/v2\/email\/(import-jobs|contact-lists)\/([^/]+)$/.exec(pathname) ?? [];
    const operations: Record<string, string> = {
      'GET /v2/email/account': 'GetAccount',
      'POST /v2/email/import-jobs': 'CreateImportJob',
      'POST /v2/email/import-jobs/list': 'ListImportJobs',
      'GET /v2/email/suppression/addresses': 'ListSuppressedDestinations',
    };
    return operations[`${method} ${pathname}`] ?? (method === 'GET' && name ? `${kind === 'import-jobs' ? 'GetImportJob' : 'GetContactList'} ${name}` : undefined);
  }

  protected override answer(request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    const { pathname, searchParams } = new URL(request.url!, this.endpoint);
    if (pathname.startsWith('/failed-records/')) {
      const records = this.failedRecords.get(pathname);
      return records === undefined || !searchParams.has('X-Amz-Signature') ? { status: 403, body: 'expired' } : { status: 200, body: records };
    }
    return super.answer(request, body === '' ? JSON.stringify(Object.fromEntries(searchParams)) : body, note);
  }

  protected carryOut(operation: string, input: Json): Json {
    const [name, id] = operation.split(' ');
    if (name === 'GetAccount') return { ProductionAccessEnabled: this.productionAccess };
    if (name === 'CreateImportJob') return this.create(input);
    if (name === 'ListImportJobs') return this.list(input);
    if (name === 'GetImportJob') return this.get(id);
    if (name === 'ListSuppressedDestinations') return this.page(input);
    if (this.contactList?.name !== id) throw new Refusal(404, 'NotFoundException', `List with name: ${id} doesn't exist.`);
    return { ContactListName: id, Topics: this.contactList.topics.map(TopicName => ({ TopicName, DisplayName: TopicName, DefaultSubscriptionStatus: 'OPT_OUT' })) };
  }

  private create(input: Json): Json {
    checkMembers('CreateImportJob', input, ['ImportDestination', 'ImportDataSource']);
    if (!this.productionAccess) throw new Refusal(400, 'BadRequestException', 'Your account is in the sandbox.');
    checkMembers('ImportDataSource', input.ImportDataSource, ['S3Url', 'DataFormat']);
    const source = input.ImportDataSource as ImportJob['source'];
    if (!S3_URL.test(source.S3Url)) throw new Refusal(400, 'BadRequestException', 'S3Url');
    if (source.DataFormat !== 'JSON') throw new Refusal(400, 'BadRequestException', 'the fake reads JSON only');
    const destination = this.destinationOf(input.ImportDestination as Json);
    const id = `job-${this.jobs.size + 1}`;
    this.jobs.set(id, { created: Date.now(), destination, source, looks: this.looks, ended: this.run(id, destination, source.S3Url) });
    if (this.lostAnswers-- > 0) throw new Refusal(500, 'InternalFailure', 'the answer is lost');
    return { JobId: id };
  }

  private destinationOf(given: Json): Json {
    checkMembers('ImportDestination', given, [], ['SuppressionListDestination', 'ContactListDestination']);
    const { SuppressionListDestination: suppression, ContactListDestination: contacts } = given as Record<string, Json | undefined>;
    if (!suppression === !contacts) throw new Refusal(400, 'BadRequestException', 'exactly one destination');
    if (suppression) checkMembers('SuppressionListDestination', suppression, ['SuppressionListImportAction']);
    if (contacts) checkMembers('ContactListDestination', contacts, ['ContactListName', 'ContactListImportAction']);
    if (!['PUT', 'DELETE'].includes((suppression?.SuppressionListImportAction ?? contacts?.ContactListImportAction) as string)) throw new Refusal(400, 'BadRequestException', 'action');
    if (contacts && contacts.ContactListName !== this.contactList?.name) throw new Refusal(404, 'NotFoundException', 'List doesn\'t exist.');
    return given;
  }

  private run(id: string, { SuppressionListDestination: suppression }: Json, url: string): ImportJob['ended'] {
    const none = { ProcessedRecordsCount: 0, FailedRecordsCount: 0 };
    if (this.fate) return { ...none, JobStatus: this.fate.JobStatus, FailureInfo: { ErrorMessage: this.fate.ErrorMessage } };
    const failed = (message: string) => ({ ...none, JobStatus: 'FAILED', FailureInfo: { ErrorMessage: message } });
    const [, bucket, key] = S3_URL.exec(url)!;
    const text = bucket === this.bucketName ? this.bucket.text(key) : undefined;
    if (text === undefined || this.unreadable?.test(key)) return failed('Access denied to the S3 object.');
    const action = (suppression as Json | undefined)?.SuppressionListImportAction as string | undefined;
    const lines = text.split('\n').filter(line => line !== '');
    if (lines.length > ROWS_MAX[action ?? 'CONTACTS']) return failed(`The file has more than ${ROWS_MAX[action ?? 'CONTACTS']} records.`);
    const bad = lines.filter(line => !this.apply(action, line));
    if (bad.length === 0) return { JobStatus: 'COMPLETED', ProcessedRecordsCount: lines.length, FailedRecordsCount: 0 };
    const path = `/failed-records/${id}`;
    this.failedRecords.set(path, bad.map(line => `${line}\n`).join(''));
    return {
      JobStatus: 'COMPLETED',
      ProcessedRecordsCount: lines.length,
      FailedRecordsCount: bad.length,
      FailureInfo: { FailedRecordsS3Url: `${this.endpoint}${path}?X-Amz-Signature=1` },
    };
  }

  /** Carries out one row, if it is one that SES takes. */
  private apply(action: string | undefined, line: string): boolean {
    const { emailAddress, reason, ...contact } = JSON.parse(line) as Contact & { emailAddress: string; reason?: string };
    if (typeof emailAddress !== 'string' || !ADDRESS.test(emailAddress) || this.refused.has(emailAddress)) return false;
    if (action === 'DELETE') return this.suppressed.delete(emailAddress) || true;
    if (action === 'PUT') return ['BOUNCE', 'COMPLAINT'].includes(reason!) && !!this.suppressed.set(emailAddress, reason!);
    const { attributesData = '{}', topicPreferences = [] } = contact;
    if (typeof attributesData !== 'string' || !isObject(attributesData)) return false;
    if (!topicPreferences.every(({ topicName, subscriptionStatus }) => this.contactList!.topics.includes(topicName) && /^OPT_(IN|OUT)$/.test(subscriptionStatus))) return false;
    return !!this.contacts.set(emailAddress, contact);
  }

  private get(id: string): Json {
    const job = this.jobs.get(id);
    if (!job) throw new Refusal(404, 'NotFoundException', `Job ${id} does not exist.`);
    const common = { JobId: id, ImportDestination: job.destination, ImportDataSource: job.source, CreatedTimestamp: job.created / 1000 };
    return job.looks-- > 0 ? { ...common, JobStatus: 'PROCESSING' } : { ...common, ...job.ended, CompletedTimestamp: job.created / 1000 };
  }

  /** As SES: where the file was is not told here. */
  private list(input: Json): Json {
    checkMembers('ListImportJobs', input, [], ['ImportDestinationType', 'NextToken', 'PageSize']);
    const wanted = input.ImportDestinationType === 'CONTACT_LIST' ? 'ContactListDestination' : 'SuppressionListDestination';
    const all = [...this.jobs].filter(([, { destination }]) => input.ImportDestinationType === undefined || destination[wanted]);
    const from = Number(input.NextToken ?? 0);
    const page = all.slice(from, from + 2).map(([JobId, { created, destination: ImportDestination, ended: { JobStatus } }]) =>
      ({ JobId, ImportDestination, JobStatus, CreatedTimestamp: created / 1000 }));
    return { ImportJobs: page, ...from + 2 < all.length ? { NextToken: String(from + 2) } : {} };
  }

  private page(input: Json): Json {
    checkMembers('ListSuppressedDestinations', input, [], ['PageSize', 'NextToken', 'StartDate', 'EndDate', 'Reason', 'TenantName']);
    const size = Number(input.PageSize ?? PAGE_MAX);
    if (!(size >= 1 && size <= PAGE_MAX)) throw new Refusal(400, 'BadRequestException', `PageSize ${size}`);
    const token = input.NextToken as string | undefined;
    if (token !== undefined && !/^after-\d+$/.test(token)) throw new Refusal(400, 'InvalidNextTokenException', 'The specified request includes an invalid or expired token.');
    const begin = Number(token?.slice(6) ?? 0);
    const end = begin + Math.min(size, this.pageMax);
    const page = [...this.suppressed].slice(begin, end).map(([EmailAddress, Reason]) => ({ EmailAddress, Reason, LastUpdateTime: 1_700_000_000 }));
    return { SuppressedDestinationSummaries: page, ...end < this.suppressed.size ? { NextToken: `after-${end}` } : {} };
  }
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
