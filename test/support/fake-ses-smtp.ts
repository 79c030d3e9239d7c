import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerAuthentication } from 'smtp-server';
import type { FakeIam } from './fake-iam';
import { selfSignedCertificate } from './self-signed-certificate';

const CERTIFICATE = selfSignedCertificate();

/** A login that was tried. */
export interface Login {
  readonly username: string;
  readonly accepted: boolean;
}

/**
 * A stand-in of the SMTP host of SES in one Region: a real SMTP server, which knows the access keys of a fake of IAM and checks passwords as the guide describes
 * their making. One port begins in the clear and insists on STARTTLS, the other is encrypted from the first byte.
 */
export class FakeSesSmtp {
  /** The certificate that a client has to trust. */
  public readonly ca = CERTIFICATE.cert;

  public readonly host = '127.0.0.1';

  /** All logins that were tried, in order. */
  public readonly logins: Login[] = [];

  /** The subjects of the messages that were taken, in order. */
  public readonly subjects: string[] = [];

  private readonly starttls = this.serve(false);
  private readonly wrapper = this.serve(true);

  public constructor(private readonly iam: FakeIam, private readonly region: string) {}

  public get starttlsPort(): number {
    return (this.starttls.server.address() as AddressInfo).port;
  }

  public get wrapperPort(): number {
    return (this.wrapper.server.address() as AddressInfo).port;
  }

  public async start(): Promise<void> {
    for (const server of [this.starttls, this.wrapper]) {
      server.listen(0, this.host);
      await once(server.server, 'listening');
    }
  }

  public async stop(): Promise<void> {
    await Promise.all([this.starttls, this.wrapper].map(server => new Promise<void>(resolve => { server.close(resolve); })));
  }

  public reset(): void {
    this.logins.length = this.subjects.length = 0;
  }

  private serve(secure: boolean): SMTPServer {
    const server = new SMTPServer({
      ...CERTIFICATE,
      secure,
      disableReverseLookup: true,
      authMethods: ['PLAIN', 'LOGIN'],
      closeTimeout: 1_000,
      onAuth: (auth, _session, answer) => {
        const accepted = this.accepts(auth);
        this.logins.push({ username: auth.username ?? '', accepted });
        if (accepted) answer(null, { user: auth.username });
        else answer(Object.assign(new Error('Authentication Credentials Invalid'), { responseCode: 535 }));
      },
      onData: (stream, _session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', chunk => { chunks.push(chunk); });
        stream.on('end', () => {
          this.subjects.push(/^Subject: (.*)$/m.exec(Buffer.concat(chunks).toString('latin1'))?.[1].trim() ?? '');
          done();
        });
      },
    });
    // a client that hangs up, or does not trust the certificate, is its own affair
    server.on('error', () => {});
    return server;
  }

  private accepts({ username, password }: SMTPServerAuthentication): boolean {
    const secretAccessKey = this.iam.secretOf(username ?? '');
    return secretAccessKey !== undefined && isPasswordOf(secretAccessKey, this.region, password ?? '');
  }
}

/**
 * Whether a text is the SMTP password of a secret access key in a Region. Written after the description in the SES developer guide ("Obtaining SES SMTP
 * credentials by converting existing AWS credentials"), and apart from the library.
 */
export function isPasswordOf(secretAccessKey: string, region: string, password: string): boolean {
  const bytes = Buffer.from(password, 'base64');
  if (bytes.toString('base64') !== password || bytes.length !== 33 || bytes.readUInt8(0) !== 0x04) return false;
  const kDate = createHmac('sha256', Buffer.concat([Buffer.from('AWS4'), Buffer.from(secretAccessKey)])).update('11111111').digest();
  const kRegion = createHmac('sha256', kDate).update(region).digest();
  const kService = createHmac('sha256', kRegion).update('ses').digest();
  const kTerminal = createHmac('sha256', kService).update('aws4_request').digest();
  const kMessage = createHmac('sha256', kTerminal).update('SendRawEmail').digest();
  return timingSafeEqual(kMessage, bytes.subarray(1));
}
