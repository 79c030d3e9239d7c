/* Where SMTP credentials are kept: fakes of IAM and Secrets Manager, with a user and a secret for each test of a file. */
import { FakeIam } from '../support/fake-iam';
import { FakeSecretsManager } from '../support/fake-secrets-manager';

interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
  reset(): void;
}

export class SmtpPlace {
  public readonly iam = new FakeIam();
  public readonly secretsManager = new FakeSecretsManager();

  /** What nobody may see, beside the secret access keys. */
  public readonly passwords = new Set<string>();

  public log!: jest.SpyInstance;

  private readonly services: Service[] = [this.iam, this.secretsManager];

  /** Sets each test up. After each, no secret is in the log, nor in what else was said. */
  public constructor(private readonly said: () => string[]) {
    beforeAll(() => this.start());
    afterAll(async () => { await Promise.all(this.services.map(service => service.stop())); });
    beforeEach(() => {
      this.services.forEach(service => service.reset());
      this.iam.addUser('relay');
      this.secretsManager.addSecret('secret');
      this.log = jest.spyOn(console, 'log').mockImplementation();
    });
    afterEach(() => {
      const text = [...this.log.mock.calls.flat(), ...this.said()].join('\n');
      jest.restoreAllMocks();
      expect([...this.iam.secrets, ...this.passwords].filter(secret => text.includes(secret))).toEqual([]);
    });
  }

  /** Has another service in the place. */
  public add<T extends Service>(service: T): T {
    this.services.push(service);
    return service;
  }

  private async start(): Promise<void> {
    await Promise.all(this.services.map(service => service.start()));
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAFAKE',
      AWS_SECRET_ACCESS_KEY: 'key-of-the-function',
      AWS_ENDPOINT_URL_IAM: this.iam.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.secretsManager.endpoint,
    });
  }
}
