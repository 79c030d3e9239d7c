import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { SmtpSettings } from './smtp-settings';

/** How long the server may be silent. */
const SILENCE_MS = 10_000;

/** Where to log in: a port on which the connection is encrypted from the first byte. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** The certificates that vouch for the server; those of Node.js when left out. */
  readonly ca?: string;
}

/**
 * Logs in by SMTP, and out again. Fails with what the server says to it.
 */
export function smtpLogin({ username, password }: SmtpSettings, server: SmtpServer): Promise<void> {
  const dialogue = [
    { code: '220', answer: 'EHLO [127.0.0.1]' },
    { code: '250', answer: `AUTH PLAIN ${Buffer.from(`\0${username}\0${password}`).toString('base64')}` },
    { code: '235', answer: 'QUIT' },
  ];
  return new Promise((resolve, reject) => {
    let received = '';
    const servername = isIP(server.host) ? undefined : server.host;
    const socket = connect({ host: server.host, port: server.port, servername, ca: server.ca, minVersion: 'TLSv1.2' });
    const fail = (why: string) => socket.destroy(new Error(`${server.host}:${server.port}: ${why}`));
    socket.setEncoding('latin1').setTimeout(SILENCE_MS, () => fail('no answer'));
    socket.on('error', reject).on('close', () => reject(new Error(`${server.host}:${server.port}: the connection was closed`)));
    socket.on('data', text => {
      received += String(text);
      // the last line of an answer has a space after its code, those before it a hyphen
      const line = /^(\d{3}) [^\r\n]*(?=\r\n)/m.exec(received);
      const turn = line && dialogue.shift();
      if (!turn) return;
      received = '';
      if (line[1] !== turn.code) return void fail(line[0]);
      socket.write(`${turn.answer}\r\n`);
      if (dialogue.length === 0) resolve(void socket.end());
    });
  });
}
