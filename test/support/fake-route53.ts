import type { IncomingMessage } from 'node:http';
import { element, type FakeAnswer, FakeService, Refusal } from './fake-service';
import type { FakeSts } from './fake-sts';
import { type Access, allows } from './session-policy';

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

/** One record set of a hosted zone. */
export interface FakeRecordSet {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly values: string[];
  /** Only on one of several weighted record sets. */
  readonly setIdentifier?: string;
}

interface Zone {
  readonly name: string;
  sets: FakeRecordSet[];
}

interface Change {
  readonly action: string;
  readonly set: FakeRecordSet;
}

/**
 * A fake of Amazon Route 53: ListResourceRecordSets and ChangeResourceRecordSets in the REST-XML protocol, for sessions of the fake STS, and for the function itself.
 * Batches are applied as a whole or not at all, and refused for what Route 53 refuses, in its words.
 */
export class FakeRoute53 extends FakeService {
  /** Whether a refused batch is answered in the form of the API reference (`<InvalidChangeBatch>`) and not in the usual one. */
  public refusesByTheReference = false;

  /** The access key of the function itself, which needs no session where the zones are of its own account. */
  public ownKey?: string;

  private readonly zones = new Map<string, Zone>();

  public constructor(private readonly sts: FakeSts) {
    super();
  }

  /** What happens between the look of a client and its batch. */
  public beforeChange: () => void = () => {};

  public override reset(): void {
    super.reset();
    this.zones.clear();
    this.beforeChange = () => {};
    this.refusesByTheReference = false;
    this.ownKey = undefined;
  }

  /** Makes a zone, or one anew, with these lines in it. */
  public putZone(id: string, name: string, ...lines: string[]): void {
    this.zones.set(id, { name: fqdn(name), sets: lines.map(parseLine) });
  }

  public deleteZone(id: string): void {
    this.zones.delete(id);
  }

  /** What somebody else does to a record set: gives it a line, or removes it. */
  public put(id: string, line: string): void {
    const set = parseLine(line);
    const zone = this.zoneOf(id);
    zone.sets = [...zone.sets.filter(other => !sameSet(other, set)), set];
  }

  public remove(id: string, type: string, name: string): void {
    const zone = this.zoneOf(id);
    zone.sets = zone.sets.filter(set => set.type !== type || set.name !== fqdn(name));
  }

  /** The record sets of a zone, a line each, as `example.com. 300 TXT "text"`. */
  public lines(id: string): string[] {
    return this.zoneOf(id).sets.map(set => `${set.name} ${set.ttl} ${set.type} ${set.values.join(' | ')}`).sort();
  }

  protected answer(request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    const url = new URL(request.url!, this.endpoint);
    const id = /^\/2013-04-01\/hostedzone\/([A-Z0-9]+)\/rrset\/?$/.exec(url.pathname)?.[1];
    if (!id) throw new Refusal(404, 'UnknownOperation', request.url!);
    if (request.method === 'GET') {
      note('ListResourceRecordSets');
      this.authorize(request, id, 'ListResourceRecordSets', []);
      return { status: 200, body: this.list(this.zoneOf(id), url.searchParams) };
    }
    note('ChangeResourceRecordSets');
    const changes = parseChanges(body);
    this.authorize(request, id, 'ChangeResourceRecordSets', changes);
    this.beforeChange();
    return this.change(this.zoneOf(id), changes);
  }

  /** The session behind the access key of the signature, its token, and its policy. The signature itself is the SDK's business. */
  private authorize(request: IncomingMessage, zoneId: string, operation: string, changes: Change[]): void {
    const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const asked = accessOf(zoneId, operation, changes);
    if (key === this.ownKey) return void this.accesses.push(asked('aws'));
    const session = this.sts.sessions.get(key);
    if (!session || session.token !== request.headers['x-amz-security-token']) {
      throw new Refusal(403, 'InvalidClientTokenId', 'The security token included in the request is invalid');
    }
    const [, partition, account, role] = /^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?(.+)$/.exec(session.roleArn)!;
    const access = asked(partition);
    if (allows(session.policy, access)) return;
    throw new Refusal(403, 'AccessDenied', `User: arn:${partition}:sts::${account}:assumed-role/${role}/${session.sessionName} is not authorized to perform: ` +
      `${access.action} on resource: ${access.resource} because no session policy allows the ${access.action} action`);
  }

  private zoneOf(id: string): Zone {
    const zone = this.zones.get(id);
    if (!zone) throw new Refusal(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
    return zone;
  }

  /** The record sets from a name and type on, in the order of the names with their labels reversed. */
  private list(zone: Zone, query: URLSearchParams): string {
    const [name, type, max] = [query.get('name'), query.get('type'), Number(query.get('maxitems') ?? 100)];
    if (type && !name) throw new Refusal(400, 'InvalidInput', 'The input is not valid: a start type needs a start name');
    const start = name ? sortKey(fqdn(name), type ?? '') : '';
    const found = zone.sets.map(set => ({ set, key: sortKey(set.name, set.type) }))
      .filter(({ key }) => key >= start)
      .sort((one, other) => compare(one.key, other.key));
    return `<ListResourceRecordSetsResponse xmlns="${NAMESPACE}"><ResourceRecordSets>${found.slice(0, max).map(({ set }) => toXml(set)).join('')}</ResourceRecordSets>` +
      `${element('IsTruncated', String(found.length > max))}${element('MaxItems', String(max))}</ListResourceRecordSetsResponse>`;
  }

  private change(zone: Zone, changes: Change[]): FakeAnswer {
    const reasons: string[] = [];
    let sets = zone.sets;
    for (const { action, set } of changes) {
      const held = sets.find(other => sameSet(other, set));
      reasons.push(...refusalsOf(action, set, held), ...action === 'DELETE' ? [] : faultsOf(zone.name, set));
      sets = sets.filter(other => other !== held);
      if (action !== 'DELETE') sets = [...sets, set];
    }
    reasons.push(...lonelyAliases(zone.name, sets));
    if (reasons.length > 0) return this.refuse(reasons);
    zone.sets = sets;
    return {
      status: 200,
      body: `<ChangeResourceRecordSetsResponse xmlns="${NAMESPACE}"><ChangeInfo>${element('Id', '/change/C1')}${element('Status', 'PENDING')}` +
        `${element('SubmittedAt', new Date().toISOString())}</ChangeInfo></ChangeResourceRecordSetsResponse>`,
    };
  }

  private refuse(reasons: string[]): FakeAnswer {
    if (!this.refusesByTheReference) throw new Refusal(400, 'InvalidChangeBatch', `[${reasons.join(', ')}]`);
    const messages = reasons.map(reason => element('Message', reason)).join('');
    return { status: 400, body: `<InvalidChangeBatch xmlns="${NAMESPACE}"><Messages>${messages}</Messages><RequestId>1</RequestId></InvalidChangeBatch>` };
  }
}

/** What IAM is asked about a call, with the condition keys that Route 53 gives it. */
function accessOf(zoneId: string, operation: string, changes: Change[]): (partition: string) => Access {
  const valuesOf = (value: (change: Change) => string) => [...new Set(changes.map(value))];
  const keys = {
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': valuesOf(({ set }) => normalizedName(set.name)),
    'route53:ChangeResourceRecordSetsRecordTypes': valuesOf(({ set }) => set.type),
    'route53:ChangeResourceRecordSetsActions': valuesOf(({ action }) => action),
  };
  return partition => ({ action: `route53:${operation}`, resource: `arn:${partition}:route53:::hostedzone/${zoneId}`, keys: changes.length > 0 ? keys : {} });
}

function refusalsOf(action: string, set: FakeRecordSet, held: FakeRecordSet | undefined): string[] {
  const what = `resource record set [name='${set.name}', type='${set.type}'${set.setIdentifier ? `, set-identifier='${set.setIdentifier}'` : ''}]`;
  if (action === 'CREATE') return held ? [`Tried to create ${what} but it already exists`] : [];
  if (action === 'UPSERT') return [];
  if (!held) return [`Tried to delete ${what} but it was not found`];
  const same = held.ttl === set.ttl && [...held.values].sort().join('\n') === [...set.values].sort().join('\n');
  return same ? [] : [`Tried to delete ${what} but the values provided do not match the current values`];
}

function* faultsOf(zone: string, set: FakeRecordSet): Generator<string> {
  if (set.name !== zone && !set.name.endsWith(`.${zone}`)) yield `RRSet with DNS name ${set.name} is not permitted in zone ${zone}`;
  if (set.type === 'CNAME' && set.name === zone) yield `RRSet of type CNAME with DNS name ${set.name} is not permitted at apex in zone ${zone}`;
  if (set.values.length === 0) yield `Invalid request: Expected at least one value for ${set.name}`;
  for (const value of set.values) {
    if (set.type === 'TXT' && !/^"(?:[^"\\]|\\.)*"(?: +"(?:[^"\\]|\\.)*")*$/.test(value)) {
      yield `Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with '${value}''`;
    }
    if (set.type === 'MX' && !/^\d+ \S+$/.test(value)) {
      yield `Invalid Resource Record: 'FATAL problem: MissingFields (MX record doesn't have 2 fields) encountered with '${value}''`;
    }
  }
}

function* lonelyAliases(zone: string, sets: FakeRecordSet[]): Generator<string> {
  for (const { name } of sets.filter(set => set.type === 'CNAME')) {
    const other = sets.find(set => set.name === name && set.type !== 'CNAME');
    if (other) yield `RRSet of type CNAME with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zone}`;
  }
}

function parseChanges(xml: string): Change[] {
  return [...xml.matchAll(/<Change>(.*?)<\/Change>/gs)].map(([, change]) => ({
    action: textsOf(change, 'Action')[0],
    set: {
      name: fqdn(textsOf(change, 'Name')[0]),
      type: textsOf(change, 'Type')[0],
      ttl: Number(textsOf(change, 'TTL')[0]),
      values: textsOf(change, 'Value'),
      setIdentifier: textsOf(change, 'SetIdentifier')[0],
    },
  }));
}

function textsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, text]) =>
    text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&apos;/g, '\'').replace(/&amp;/g, '&'));
}

function toXml(set: FakeRecordSet): string {
  const values = set.values.map(value => `<ResourceRecord>${element('Value', value)}</ResourceRecord>`).join('');
  return `<ResourceRecordSet>${element('Name', set.name.replace('*', '\\052'))}${element('Type', set.type)}` +
    `${set.setIdentifier ? element('SetIdentifier', set.setIdentifier) + element('Weight', '1') : ''}` +
    `${element('TTL', String(set.ttl))}<ResourceRecords>${values}</ResourceRecords></ResourceRecordSet>`;
}

/** Reads `example.com. 300 TXT "one" | "other"`; `300 TXT#blue` is the weighted record set `blue`. */
function parseLine(line: string): FakeRecordSet {
  const [, name, ttl, type, setIdentifier, values] = /^(\S+) (\d+) ([A-Z]+)(?:#(\w+))? (.+)$/s.exec(line)!;
  return { name: fqdn(name), type, ttl: Number(ttl), values: values.split(' | '), setIdentifier };
}

function sameSet(one: FakeRecordSet, other: FakeRecordSet): boolean {
  return one.name === other.name && one.type === other.type && one.setIdentifier === other.setIdentifier;
}

function fqdn(name: string): string {
  return name.toLowerCase().replace(/\.?$/, '.');
}

/** A name as the IAM condition keys have it: no trailing dot, and what is no letter, digit, hyphen, underscore or dot as an octal code. */
function normalizedName(name: string): string {
  return name.replace(/\.$/, '').replace(/[^a-z0-9._-]/g, character => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function sortKey(name: string, type: string): string {
  return `${name.split('.').reverse().join('.')} ${type}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
