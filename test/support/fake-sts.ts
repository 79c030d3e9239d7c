import type { IncomingMessage } from 'node:http';
import { element, type FakeAnswer, FakeService, Refusal } from './fake-service';
import { parsePolicy, type Policy } from './session-policy';

/** The longest session policy that STS takes. */
const POLICY_MAX = 2048;

/** What every secret that the fake gives out contains, so that a test can look for leaks. */
export const FAKE_SECRET = 'fake-secret';

/** What somebody who assumed a role may do. */
export interface FakeSession {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly token: string;
  readonly policy: Policy;
}

/**
 * A fake of AWS STS: AssumeRole in the query protocol, for any role. It keeps the session policies for the services that have to heed them.
 */
export class FakeSts extends FakeService {
  /** The sessions by access key ID. */
  public readonly sessions = new Map<string, FakeSession>();

  /** The session policies as they came, in order. */
  public readonly policies: string[] = [];

  public override reset(): void {
    super.reset();
    this.sessions.clear();
    this.policies.length = 0;
  }

  protected answer(_request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    const parameters = new URLSearchParams(body);
    const parameter = (name: string) => parameters.get(name) ?? '';
    note(parameter('Action'));
    if (parameter('Action') !== 'AssumeRole') throw new Refusal(400, 'InvalidAction', `Could not find operation ${parameter('Action')}`);
    const seconds = Number(parameter('DurationSeconds'));
    if (!(seconds >= 900 && seconds <= 43200)) throw invalid('durationSeconds', 'Member must have value between 900 and 43200');
    if (!/^[\w+=,.@-]{2,64}$/.test(parameter('RoleSessionName'))) throw invalid('roleSessionName', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*');
    if (parameter('Policy').length > POLICY_MAX) throw invalid('policy', `Member must have length less than or equal to ${POLICY_MAX}`);
    this.accesses.push({ action: 'sts:AssumeRole', resource: parameter('RoleArn'), keys: {} });
    this.policies.push(parameter('Policy'));
    return { status: 200, body: this.assume(parameter('RoleArn'), parameter('RoleSessionName'), parsePolicy(parameter('Policy'))) };
  }

  private assume(roleArn: string, sessionName: string, policy: Policy): string {
    const id = `ASIAFAKE${String(this.sessions.size).padStart(12, '0')}`;
    const token = `${FAKE_SECRET}-token-${id}`;
    this.sessions.set(id, { roleArn, sessionName, token, policy });
    return '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>' +
      element('AccessKeyId', id) + element('SecretAccessKey', `${FAKE_SECRET}-key-${id}`) + element('SessionToken', token) +
      element('Expiration', new Date(Date.now() + 900_000).toISOString()) +
      '</Credentials></AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>';
  }
}

function invalid(member: string, constraint: string): Refusal {
  return new Refusal(400, 'ValidationError', `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`);
}
