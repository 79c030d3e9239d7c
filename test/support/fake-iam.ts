import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { element, type FakeAnswer, FakeService, Refusal } from './fake-service';

/** As many access keys as IAM lets a user have. */
const KEYS_MAX = 2;

const VERSION = '2010-05-08';

interface Key {
  readonly id: string;
  readonly secret: string;
  readonly createdAt: number;
}

type Parameters = Record<string, string>;

/** The operations, with the parameters that each needs and may have. */
const OPERATIONS: Record<string, { required: string[]; optional: string[] }> = {
  CreateAccessKey: { required: [], optional: ['UserName'] },
  DeleteAccessKey: { required: ['AccessKeyId'], optional: ['UserName'] },
  ListAccessKeys: { required: [], optional: ['UserName', 'Marker', 'MaxItems'] },
  DeleteUser: { required: ['UserName'], optional: [] },
};

/**
 * A fake of IAM, in the query protocol: users and their access keys. Other services learn of a new key after `propagationMs`.
 */
export class FakeIam extends FakeService {
  /** How long it takes until other services know a new key. */
  public propagationMs = 0;

  /** All secret access keys that were ever given out. */
  public readonly secrets: string[] = [];

  private readonly users = new Map<string, Key[]>();

  public override reset(): void {
    super.reset();
    this.propagationMs = 0;
    this.secrets.length = 0;
    this.users.clear();
  }

  public addUser(name: string): void {
    this.users.set(name, []);
  }

  /** The IDs of the keys of a user, the oldest first. */
  public keysOf(name: string): string[] {
    return (this.users.get(name) ?? []).map(key => key.id);
  }

  /** A key that somebody makes by hand. */
  public addKey(userName: string): string {
    return this.create(userName).id;
  }

  /** The secret access key of an ID, as another service comes to know it; undefined when there is no such key, or not yet. */
  public secretOf(id: string): string | undefined {
    const key = [...this.users.values()].flat().find(each => each.id === id);
    return key && Date.now() - key.createdAt >= this.propagationMs ? key.secret : undefined;
  }

  protected answer(_request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    const { Action: action, Version: version, ...parameters } = Object.fromEntries(new URLSearchParams(body)) as Parameters;
    note(action);
    if (!(action in OPERATIONS) || version !== VERSION) throw new Refusal(400, 'InvalidAction', `Could not find operation ${action} for version ${version}`);
    checkParameters(action, parameters);
    return { status: 200, body: `<${action}Response><${action}Result>${this.carryOut(action, parameters)}</${action}Result></${action}Response>` };
  }

  private carryOut(action: string, { UserName: userName, AccessKeyId: id }: Parameters): string {
    if (userName === undefined) throw new Refusal(403, 'AccessDenied', 'without a user name this would be about the caller, who is a role');
    const keys = this.users.get(userName);
    if (!keys) throw new Refusal(404, 'NoSuchEntity', `The user with name ${userName} cannot be found.`);
    switch (action) {
      case 'CreateAccessKey': return `<AccessKey>${metadata(userName, this.create(userName))}</AccessKey>`;
      case 'ListAccessKeys': return `<IsTruncated>false</IsTruncated><AccessKeyMetadata>${keys.map(key => `<member>${metadata(userName, { ...key, secret: '' })}</member>`).join('')}</AccessKeyMetadata>`;
      case 'DeleteAccessKey': return this.remove(keys, id);
      default: return this.deleteUser(userName, keys);
    }
  }

  private create(userName: string): Key {
    const keys = this.users.get(userName)!;
    if (keys.length >= KEYS_MAX) throw new Refusal(409, 'LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${KEYS_MAX}`);
    const key = { id: `AKIA${[...randomBytes(16)].map(byte => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')}`, secret: randomBytes(30).toString('base64'), createdAt: Date.now() };
    keys.push(key);
    this.secrets.push(key.secret);
    return key;
  }

  private remove(keys: Key[], id: string): string {
    const index = keys.findIndex(key => key.id === id);
    if (index < 0) throw new Refusal(404, 'NoSuchEntity', `The Access Key with id ${id} cannot be found.`);
    keys.splice(index, 1);
    return '';
  }

  private deleteUser(userName: string, keys: Key[]): string {
    if (keys.length > 0) throw new Refusal(409, 'DeleteConflict', 'Cannot delete entity, must delete access keys first.');
    this.users.delete(userName);
    return '';
  }
}

function checkParameters(action: string, parameters: Parameters): void {
  const { required, optional } = OPERATIONS[action];
  const missing = required.find(name => !parameters[name]);
  if (missing) throw invalid(missing, 'Member must not be null');
  const unknown = Object.keys(parameters).find(name => ![...required, ...optional].includes(name));
  if (unknown) throw new Refusal(400, 'MalformedInput', `${action} has no parameter ${unknown}`);
  if (parameters.UserName !== undefined && !/^[\w+=,.@-]{1,128}$/.test(parameters.UserName)) throw invalid('userName', 'Member must satisfy regular expression pattern: [\\w+=,.@-]+');
  if (parameters.AccessKeyId !== undefined && !/^\w{16,128}$/.test(parameters.AccessKeyId)) throw invalid('accessKeyId', 'Member must satisfy regular expression pattern: [\\w]+');
}

function invalid(member: string, constraint: string): Refusal {
  return new Refusal(400, 'ValidationError', `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`);
}

/** IAM tells the second, not more. A secret is told once. */
function metadata(userName: string, { id, secret, createdAt }: Key): string {
  const createDate = `${new Date(createdAt).toISOString().slice(0, 19)}Z`;
  return element('UserName', userName) + element('AccessKeyId', id) + element('Status', 'Active') + element('CreateDate', createDate) + (secret && element('SecretAccessKey', secret));
}
