import { createTransport } from 'nodemailer';
import type { SmtpSettings } from '../../src/runtime';

/** Where the host of the settings really is, since a test has no DNS and no port 587. */
interface Place {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
}

/** Sends a message by SMTP as an ordinary program does, with settings from the secret, over a connection of its own. */
export async function send(settings: SmtpSettings, subject: string, { host, port, ca }: Place): Promise<void> {
  const transport = createTransport({
    host,
    port,
    secure: [465, 2465].includes(settings.port),
    requireTLS: true,
    tls: { ca, minVersion: 'TLSv1.2' },
    auth: { user: settings.username, pass: settings.password },
  });
  await transport.sendMail({ from: 'orders@example.com', to: 'reader@example.org', subject, text: 'Thank you.' });
  transport.close();
}
