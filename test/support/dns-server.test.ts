import { createSocket } from 'node:dgram';
import { promises as dns } from 'node:dns';
import { once } from 'node:events';
import { connect } from 'node:net';
import * as packet from 'dns-packet';
import { DnsServer, type ZoneRecord } from './dns-server';

const text = (name: string, ...strings: string[]): ZoneRecord => ({ name, type: 'TXT', ttl: 60, data: strings.map(string => Buffer.from(string)) });
const alias = (name: string, data: string): ZoneRecord => ({ name, type: 'CNAME', ttl: 60, data });

const LONG = Array.from({ length: 6 }, (_, index) => String(index).repeat(250));
const server = new DnsServer({
  zones: ['example.com', 'amazonses.com'],
  records: [
    text('example.com', 'v=spf1 -all'),
    text('_dmarc.Example.com.', 'v=DMARC1;', 'p=none'),
    alias('one._domainkey.example.com', 'one.dkim.amazonses.com.'),
    alias('away.example.com', 'www.example.net'),
    alias('here.example.com', 'there.example.com'),
    alias('there.example.com', 'here.example.com'),
    text('one.dkim.amazonses.com', 'p=key'),
    text('long.example.com', ...LONG),
    text('middling.example.com', ...LONG.slice(0, 3)),
    { name: 'bounce.example.com', type: 'MX', ttl: 60, data: { preference: 10, exchange: 'feedback-smtp.eu-west-1.amazonses.com' } },
    { name: 'host.example.com', type: 'A', ttl: 60, data: '192.0.2.1' },
    { name: 'host.example.com', type: 'AAAA', ttl: 60, data: '2001:db8::1' },
  ],
});
const resolver = new dns.Resolver({ timeout: 2000, tries: 1 });

beforeAll(async () => {
  await server.start();
  resolver.setServers([server.address]);
});
afterAll(async () => server.stop());

const failure = async (lookup: Promise<unknown>) => lookup.then(() => 'answered', (error: NodeJS.ErrnoException) => error.code);

/** Sends one packet over UDP and gives back the reply, with the flags that Node's resolver hides. */
async function overUdp(query: packet.Packet | Buffer): Promise<packet.DecodedPacket & { rcode: string; opcode: string }> {
  const client = createSocket('udp4');
  try {
    const [host, port] = server.address.split(':');
    client.send(Buffer.isBuffer(query) ? query : packet.encode(query), Number(port), host);
    const [reply] = await once(client, 'message', { signal: AbortSignal.timeout(2000) }) as [Buffer];
    return packet.decode(reply) as packet.DecodedPacket & { rcode: string; opcode: string };
  } finally {
    client.close();
  }
}

const question = (name: string, type: packet.RecordType = 'TXT'): packet.Packet =>
  ({ type: 'query', id: 7, flags: packet.RECURSION_DESIRED, questions: [{ name, type }] });

describe('a DNS server on loopback answers', () => {
  test('a text as its character-strings, whatever the case of the name', async () => {
    expect(await resolver.resolveTxt('_DMARC.example.COM')).toEqual([['v=DMARC1;', 'p=none']]);
  });

  test('mail exchangers and addresses', async () => {
    expect(await resolver.resolveMx('bounce.example.com')).toEqual([{ priority: 10, exchange: 'feedback-smtp.eu-west-1.amazonses.com' }]);
    expect(await resolver.resolve4('host.example.com')).toEqual(['192.0.2.1']);
    expect(await resolver.resolve6('host.example.com')).toEqual(['2001:db8::1']);
  });

  test('a text behind an alias, with the alias in front', async () => {
    expect(await resolver.resolveTxt('one._domainkey.example.com')).toEqual([['p=key']]);
    expect(await resolver.resolveCname('one._domainkey.example.com')).toEqual(['one.dkim.amazonses.com']);
    expect((await overUdp(question('one._domainkey.example.com'))).answers?.map(answer => answer.type)).toEqual(['CNAME', 'TXT']);
  });

  test('an alias that leads out of its data with the alias alone', async () => {
    const { rcode, answers } = await overUdp(question('away.example.com'));
    expect([rcode, answers?.map(answer => answer.type)]).toEqual(['NOERROR', ['CNAME']]);
  });

  test('aliases in a circle without going round for ever', async () => {
    expect((await overUdp(question('here.example.com'))).answers?.map(answer => answer.type)).toEqual(['CNAME', 'CNAME']);
  });

  test('an unknown name with NXDOMAIN, a known one without such a record with NODATA, both with a SOA', async () => {
    expect(await failure(resolver.resolveTxt('unknown.example.com'))).toBe('ENOTFOUND');
    expect(await failure(resolver.resolveMx('_dmarc.example.com'))).toBe('ENODATA');
    expect((await overUdp(question('unknown.example.com'))).authorities?.map(record => record.type)).toEqual(['SOA']);
    expect((await overUdp(question('_dmarc.example.com', 'MX'))).authorities?.map(record => record.type)).toEqual(['SOA']);
  });

  test('a name that only has names below it with NODATA, as it exists', async () => {
    expect(await failure(resolver.resolveTxt('_domainkey.example.com'))).toBe('ENODATA');
  });

  test('a name outside its zones with REFUSED', async () => {
    expect(await failure(resolver.resolveTxt('example.net'))).toBe('EREFUSED');
    expect(await failure(resolver.resolveTxt('notexample.com'))).toBe('EREFUSED');
  });

  test('what is too long for UDP over TCP', async () => {
    const cut = await overUdp(question('long.example.com'));
    expect([cut.flag_tc, cut.answers]).toEqual([true, []]);
    expect(await resolver.resolveTxt('long.example.com')).toEqual([LONG]);
  });

  test('up to what a client with EDNS takes over UDP', async () => {
    const opt = { type: 'OPT', name: '.', udpPayloadSize: 1232 } as unknown as packet.Answer;
    expect((await overUdp(question('middling.example.com'))).flag_tc).toBe(true);
    const whole = await overUdp({ ...question('middling.example.com'), additionals: [opt] });
    expect([whole.flag_tc, whole.answers?.length, whole.additionals?.map(record => record.type)]).toEqual([false, 1, ['OPT']]);
  });

  test('with authority, without recursion, and with what was asked', async () => {
    const reply = await overUdp(question('example.com'));
    expect([reply.id, reply.flag_aa, reply.flag_ra, reply.flag_rd]).toEqual([7, true, false, true]);
    expect(reply.questions).toEqual([{ name: 'example.com', type: 'TXT', class: 'IN' }]);
  });

  test('several questions on one TCP connection, in pieces of any size', async () => {
    const [host, port] = server.address.split(':');
    const client = connect(Number(port), host);
    try {
      const bytes = Buffer.concat([packet.streamEncode(question('example.com')), packet.streamEncode(question('long.example.com'))]);
      for (const byte of bytes) client.write(Buffer.of(byte));
      let received = Buffer.alloc(0);
      for await (const chunk of client as AsyncIterable<Buffer>) {
        received = Buffer.concat([received, chunk]);
        const first = received.length < 2 ? Infinity : 2 + received.readUInt16BE(0);
        if (received.length >= first + 2 && received.length >= first + 2 + received.readUInt16BE(first)) {
          expect(packet.streamDecode(received.subarray(first))?.answers).toHaveLength(1);
          break;
        }
      }
    } finally {
      client.destroy();
    }
  });

  test('what it does not do with NOTIMP, and what it cannot read with FORMERR', async () => {
    const UPDATE = 5 * 2 ** 11;
    expect(await overUdp({ ...question('example.com'), flags: UPDATE })).toMatchObject({ rcode: 'NOTIMP', opcode: 'UPDATE' });
    expect((await overUdp(question('example.com', 'ANY' as packet.RecordType))).rcode).toBe('NOTIMP');
    expect((await overUdp(packet.encode(question('example.com')).subarray(0, 20))).rcode).toBe('FORMERR');
    expect((await overUdp({ ...question('example.com'), questions: [] })).rcode).toBe('FORMERR');
  });

  test('nothing to a fragment or to an answer, and goes on serving', async () => {
    const client = createSocket('udp4');
    const [host, port] = server.address.split(':');
    let replies = 0;
    client.on('message', () => replies++);
    client.send(Buffer.of(1, 2, 3), Number(port), host);
    client.send(packet.encode({ ...question('example.com'), type: 'response' }), Number(port), host);
    expect(await resolver.resolveTxt('example.com')).toEqual([['v=spf1 -all']]);
    expect(replies).toBe(0);
    client.close();
  });

  test('and remembers what was asked', async () => {
    await resolver.resolveTxt('example.com');
    expect(server.queries.at(-1)).toBe('TXT example.com');
  });
});

describe('a DNS server refuses to hold', () => {
  const holding = (...records: ZoneRecord[]) => () => new DnsServer({ zones: ['example.com'], records });

  test('a record outside its zones', () => {
    expect(holding(text('example.net', 'text'))).toThrow('the TXT record example.net lies outside the zones example.com');
  });

  test('an alias beside another record of the name', () => {
    expect(holding(alias('www.example.com', 'example.com'), text('www.example.com', 'text'))).toThrow('shares its name with another record');
  });

  test('a character-string above 255 octets, or none', () => {
    expect(holding(text('example.com', 'x'.repeat(256)))).toThrow('above 255 octets');
    expect(holding(text('example.com'))).toThrow('has no character-string');
  });

  test('a name that DNS cannot carry', () => {
    expect(holding(text(`${'x'.repeat(64)}.example.com`, 'text'))).toThrow('has no valid name');
    expect(holding(text('*.example.com', 'text'))).toThrow('is a wildcard');
  });
});

describe('the life of a DNS server', () => {
  test('ends with nothing left open, although a client hangs on', async () => {
    const shortLived = new DnsServer({ zones: ['example.com'], records: [] });
    await shortLived.start();
    const [host, port] = shortLived.address.split(':');
    const client = connect(Number(port), host);
    await once(client, 'connect');
    await shortLived.stop();
    if (!client.closed) await once(client, 'close');
    expect(await failure(once(connect(Number(port), host), 'connect'))).toBe('ECONNREFUSED');
  });

  test('may be stopped twice and started again, but not started twice', async () => {
    const again = new DnsServer({ zones: ['example.com'], records: [] });
    await again.stop();
    expect(() => again.address).toThrow('not started');
    await again.start();
    await expect(again.start()).rejects.toThrow('started already');
    await again.stop();
    await again.stop();
    await again.start();
    await again.stop();
  });
});
