/* Passwords that the library computes, tried at a real SMTP server which checks them by an implementation of its own. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { createTransport } from 'nodemailer';
import { smtpSettings } from '../../src/runtime';
import { smtpLogin } from '../../src/smtp/smtp-login.lambda-shared';
import { FakeIam } from '../support/fake-iam';
import { FakeSesSmtp } from '../support/fake-ses-smtp';
import { selfSignedCertificate } from '../support/self-signed-certificate';
import { send } from '../support/smtp-client';

const iam = new FakeIam();
const ses = new FakeSesSmtp(iam, 'eu-west-1');
beforeAll(() => ses.start());
afterAll(() => ses.stop());
beforeEach(() => {
  ses.reset();
  iam.reset();
  iam.addUser('relay');
});
afterEach(() => { jest.restoreAllMocks(); });

/** Settings for a key that IAM has just made. */
function settingsFor(port: number, region = 'eu-west-1') {
  const accessKeyId = iam.addKey('relay');
  return smtpSettings({ accessKeyId, secretAccessKey: iam.secretOf(accessKeyId)!, region, port });
}

/** Lets a server listen, and says where. */
async function portOf(server: Server): Promise<number> {
  server.listen(0, ses.host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const starttls = () => ({ host: ses.host, port: ses.starttlsPort, ca: ses.ca });
const wrapper = () => ({ host: ses.host, port: ses.wrapperPort, ca: ses.ca });

describe('a mail program', () => {
  test.each([587, 2587, 25])('sends with settings for port %d: it asks for encryption, then logs in', async port => {
    await send(settingsFor(port), 'Order 1', starttls());
    expect(ses).toMatchObject({ subjects: ['Order 1'], logins: [{ accepted: true }] });
  });

  test.each([465, 2465])('sends with settings for port %d: encrypted from the first byte', async port => {
    await send(settingsFor(port), 'Order 2', wrapper());
    expect(ses).toMatchObject({ subjects: ['Order 2'], logins: [{ accepted: true }] });
  });

  test('is turned away with the password of another Region', async () => {
    await expect(send(settingsFor(465, 'eu-west-2'), 'Order 3', wrapper())).rejects.toThrow('535');
    expect(ses).toMatchObject({ subjects: [], logins: [{ accepted: false }] });
  });

  test('is turned away with the secret access key in place of the password', async () => {
    const settings = settingsFor(465);
    await expect(send({ ...settings, password: iam.secretOf(settings.username)! }, 'Order 4', wrapper())).rejects.toThrow('535');
  });

  test('cannot log in without encryption, so that the others have proved it', async () => {
    const { username: user, password: pass } = settingsFor(587);
    const transport = createTransport({ host: ses.host, port: ses.starttlsPort, ignoreTLS: true, auth: { user, pass } });
    await expect(transport.verify()).rejects.toThrow('538 Error: Must issue a STARTTLS command first');
    expect(ses.logins).toEqual([]);
  });
});

describe('the login of the rotation function', () => {
  test('succeeds with a valid password, and sends nothing', async () => {
    await smtpLogin(settingsFor(587), wrapper());
    expect(ses).toMatchObject({ subjects: [], logins: [{ accepted: true }] });
  });

  test('fails with the words of the server, and without the password', async () => {
    const settings = { ...settingsFor(587), password: 'BadPassword' };
    const failure = await smtpLogin(settings, wrapper()).catch((error: Error) => error.message);
    expect(failure).toBe(`127.0.0.1:${ses.wrapperPort}: 535 Authentication Credentials Invalid`);
  });

  test('fails at a server that nobody vouches for, before it says anything', async () => {
    await expect(smtpLogin(settingsFor(587), { ...wrapper(), ca: undefined })).rejects.toThrow('self-signed certificate');
    expect(ses.logins).toEqual([]);
  });

  test('fails where nobody listens', async () => {
    const closed = createServer();
    const port = await portOf(closed);
    await new Promise(resolve => { closed.close(resolve); });
    await expect(smtpLogin(settingsFor(587), { ...wrapper(), port })).rejects.toThrow('ECONNREFUSED');
  });

  const certificate = selfSignedCertificate();
  test.each([
    ['hangs up', (socket: TLSSocket) => { socket.end(); }, 'the connection was closed'],
    ['says nothing', (socket: TLSSocket) => { socket.resume(); }, 'no answer'],
  ])('fails at a server that %s', async (_, behave, failure) => {
    const patiently = Socket.prototype.setTimeout;
    jest.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function (this: Socket, ms, then) { return patiently.call(this, ms / 100, then); });
    const server = createTlsServer(certificate, behave);
    await expect(smtpLogin(settingsFor(587), { host: ses.host, port: await portOf(server), ca: certificate.cert })).rejects.toThrow(failure);
    await new Promise(resolve => { server.close(resolve); });
  });
});
