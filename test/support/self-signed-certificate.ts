import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate that vouches for itself, both PEM, for a server on 127.0.0.1 that lives as long as a test. */
export function selfSignedCertificate(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from('127.0.0.1'))))); // CN
  const from = new Date(Date.now() - 3_600_000);
  const alternativeName = sequence(oid('551d11'), der(0x04, sequence(der(0x87, Buffer.of(127, 0, 0, 1)))));
  const body = sequence(
    der(0xa0, integer(2)), integer(1), algorithm, name, sequence(time(from), time(new Date(from.getTime() + 86_400_000))), name,
    publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(alternativeName)),
  );
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, privateKey)])));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

/** One value in DER: tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const prefix = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.of(tag, ...prefix), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function integer(value: number): Buffer {
  return der(0x02, Buffer.of(value));
}

function time(date: Date): Buffer {
  return der(0x17, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '').slice(2)));
}
