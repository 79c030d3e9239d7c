import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import * as packet from 'dns-packet';

/** One record that the server holds. A TXT record is its character-strings, as octets. */
export type ZoneRecord =
  | { readonly name: string; readonly type: 'A' | 'AAAA' | 'CNAME'; readonly ttl: number; readonly data: string }
  | { readonly name: string; readonly type: 'MX'; readonly ttl: number; readonly data: { readonly preference: number; readonly exchange: string } }
  | { readonly name: string; readonly type: 'TXT'; readonly ttl: number; readonly data: readonly Buffer[] };

export interface DnsServerProps {
  /** The zones that the server answers for; what lies outside is refused. */
  readonly zones: readonly string[];
  /** Their records, by absolute name with or without the trailing dot. */
  readonly records: readonly ZoneRecord[];
}

enum Rcode { NOERROR = 0, FORMERR = 1, NXDOMAIN = 3, NOTIMP = 4, REFUSED = 5 }

const LOOPBACK = '127.0.0.1';
/** What a client without EDNS takes over UDP (RFC 1035, section 4.2.1), and the most that goes to one with EDNS (no fragments). */
const PLAIN_UDP_MAX = 512;
const EDNS_UDP_MAX = 1232;
const NEGATIVE_TTL_SECONDS = 60;
/** The opcode is bits 11 to 14 of the flags (RFC 1035, section 4.1.1). */
const OPCODE_UNIT = 2 ** 11;
/** A port that is free for TCP may be taken for UDP, so a few are tried. */
const BIND_ATTEMPTS = 20;

/**
 * An authoritative DNS server on loopback, for tests: UDP and TCP on one free port, answers from a list of records and from nothing else.
 */
export class DnsServer {
  /** What was asked, in order, as `TXT _dmarc.example.com`. */
  public readonly queries: string[] = [];

  private readonly zones: readonly string[];
  private records: readonly ZoneRecord[] = [];
  private readonly connections = new Set<Socket>();
  private tcp?: Server;
  private udp?: UdpSocket;

  public constructor(props: DnsServerProps) {
    this.zones = props.zones.map(canonical);
    this.replaceRecords(props.records);
  }

  /** Holds these records from now on, and no others. */
  public replaceRecords(records: readonly ZoneRecord[]): void {
    this.records = records.map(record => ({ ...record, name: canonical(record.name) }));
    this.records.forEach(record => this.refuseImpossible(record));
  }

  /** The address in the form that `Resolver.setServers` takes. */
  public get address(): string {
    if (!this.tcp) throw new Error('the DNS server is not started');
    return `${LOOPBACK}:${(this.tcp.address() as AddressInfo).port}`;
  }

  public async start(): Promise<void> {
    if (this.tcp) throw new Error('the DNS server is started already');
    for (let attempt = 1; !this.udp; attempt++) {
      this.tcp = createServer(connection => this.serve(connection));
      this.tcp.listen(0, LOOPBACK);
      await once(this.tcp, 'listening');
      try {
        this.udp = await bindUdp((this.tcp.address() as AddressInfo).port);
      } catch (error) {
        await this.stop();
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === BIND_ATTEMPTS) throw error;
      }
    }
    this.udp.on('message', (query, client) => {
      const reply = this.reply(query, true);
      if (reply) this.udp?.send(reply, client.port, client.address);
    });
  }

  /** Closes everything, also connections that a client left open. Safe to call twice, or without a start. */
  public async stop(): Promise<void> {
    const { tcp, udp } = this;
    this.tcp = this.udp = undefined;
    this.connections.forEach(connection => connection.destroy());
    await Promise.all([
      udp && new Promise<void>(done => { udp.close(done); }),
      tcp && new Promise<void>(done => { tcp.close(() => done()); }),
    ]);
  }

  /** One TCP connection: messages with a length of two octets in front, any number of them, in pieces of any size. */
  private serve(connection: Socket): void {
    let pending = Buffer.alloc(0);
    this.connections.add(connection);
    connection.on('close', () => this.connections.delete(connection));
    connection.on('error', () => connection.destroy());
    connection.on('data', chunk => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        const reply = this.reply(pending.subarray(2, end), false);
        pending = pending.subarray(end);
        if (!reply) return void connection.destroy();
        connection.write(Buffer.concat([lengthPrefix(reply), reply]));
      }
    });
  }

  /** The answer to one message; none when it cannot even be told who asked. */
  private reply(message: Buffer, overUdp: boolean): Buffer | undefined {
    if (message.length < 12) return undefined;
    let query: packet.DecodedPacket;
    try {
      query = packet.decode(message);
    } catch {
      return encode({ id: message.readUInt16BE(0) }, Rcode.FORMERR);
    }
    if (query.type === 'response') return undefined;
    const edns = query.additionals?.find(record => record.type === 'OPT');
    const reply = encode(query, ...this.resolve(query), edns);
    const limit = edns ? Math.min(Math.max(edns.udpPayloadSize, PLAIN_UDP_MAX), EDNS_UDP_MAX) : PLAIN_UDP_MAX;
    return overUdp && reply.length > limit ? encode(query, Rcode.NOERROR, { flags: packet.TRUNCATED_RESPONSE }, edns) : reply;
  }

  private resolve(query: packet.DecodedPacket): [Rcode, packet.Packet?] {
    const opcode = (query as { opcode?: string }).opcode;
    if (opcode !== 'QUERY') return [Rcode.NOTIMP];
    const question = query.questions?.[0];
    if (!question || query.questions?.length !== 1) return [Rcode.FORMERR];
    if (question.class !== 'IN' || (question.type as string) === 'ANY') return [Rcode.NOTIMP];
    this.queries.push(`${question.type} ${canonical(question.name)}`);
    return this.lookUp(canonical(question.name), question.type);
  }

  /** Follows aliases as far as this server's own data reaches; what lies beyond is for the client to ask. */
  private lookUp(asked: string, type: packet.RecordType): [Rcode, packet.Packet?] {
    let zone = this.zoneOf(asked);
    if (zone === undefined) return [Rcode.REFUSED];
    const answers: packet.Answer[] = [];
    const seen = new Set<string>();
    for (let name = asked; ;) {
      const found = this.records.filter(record => record.name === name && record.type === type);
      answers.push(...found.map(toAnswer));
      const alias = this.records.find(record => record.name === name && record.type === 'CNAME');
      if (found.length > 0 || seen.has(name)) return authoritative(Rcode.NOERROR, answers);
      if (alias === undefined) {
        // a name with records below it exists, although it has none itself (RFC 8020)
        const exists = this.records.some(record => isWithin(record.name, name)) || name === zone;
        return authoritative(exists ? Rcode.NOERROR : Rcode.NXDOMAIN, answers, [startOfAuthority(zone)]);
      }
      answers.push(toAnswer(alias));
      seen.add(name);
      name = canonical(alias.data as string);
      zone = this.zoneOf(name);
      if (zone === undefined) return authoritative(Rcode.NOERROR, answers);
    }
  }

  private zoneOf(name: string): string | undefined {
    return this.zones.filter(zone => isWithin(name, zone)).sort((one, other) => other.length - one.length)[0];
  }

  /** Refuses what a real zone could not hold, so that no test passes on data which nobody can publish. */
  private refuseImpossible(record: ZoneRecord): void {
    const refuse = (why: string) => { throw new Error(`the ${record.type} record ${record.name} ${why}`); };
    if (this.zoneOf(record.name) === undefined) refuse(`lies outside the zones ${this.zones.join(', ')}`);
    if (record.name.length > 253 || record.name.split('.').some(label => label === '' || label.length > 63)) refuse('has no valid name (RFC 1035)');
    if (record.name.includes('*')) refuse('is a wildcard, which this server does not expand');
    if (record.type === 'TXT' && record.data.length === 0) refuse('has no character-string');
    if (record.type === 'TXT' && record.data.some(string => string.length > 255)) refuse('has a character-string above 255 octets (RFC 1035)');
    const neighbours = this.records.filter(other => other !== record && other.name === record.name);
    if (record.type === 'CNAME' && neighbours.length > 0) refuse('shares its name with another record (RFC 1034, section 3.6.2)');
  }
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

function authoritative(rcode: Rcode, answers: packet.Answer[], authorities: packet.Answer[] = []): [Rcode, packet.Packet] {
  return [rcode, { flags: packet.AUTHORITATIVE_ANSWER, answers, authorities }];
}

function toAnswer(record: ZoneRecord): packet.Answer {
  // dns-packet writes into what it is given, so it gets copies
  return record.type === 'TXT' ? { ...record, data: [...record.data] } : { ...record } as packet.Answer;
}

/** What tells a client how long it may remember that there is nothing (RFC 2308). */
function startOfAuthority(zone: string): packet.Answer {
  const data = { mname: `ns.${zone}`, rname: `hostmaster.${zone}`, serial: 1, refresh: 3600, retry: 600, expire: 86400, minimum: NEGATIVE_TTL_SECONDS };
  return { name: zone, type: 'SOA', ttl: NEGATIVE_TTL_SECONDS, data };
}

function encode(query: packet.Packet, rcode: Rcode, content: packet.Packet = {}, edns?: packet.Answer): Buffer {
  const field = (unit: number, values: number) => Math.floor((query.flags ?? 0) / unit) % values * unit;
  const echoed = field(OPCODE_UNIT, 16) + field(packet.RECURSION_DESIRED, 2);
  const opt = { type: 'OPT', name: '.', udpPayloadSize: EDNS_UDP_MAX, extendedRcode: 0, ednsVersion: 0, flags: 0, options: [] } as unknown as packet.Answer;
  return packet.encode({
    ...content,
    type: 'response',
    id: query.id,
    flags: (content.flags ?? 0) + echoed + rcode,
    questions: query.questions ?? [],
    additionals: edns ? [opt] : [],
  });
}

function lengthPrefix(message: Buffer): Buffer {
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(message.length);
  return prefix;
}

async function bindUdp(port: number): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  try {
    socket.bind(port, LOOPBACK);
    await once(socket, 'listening');
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
