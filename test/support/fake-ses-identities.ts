import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

const ACCOUNT = '111122223333';
const PATH = /^\/v2\/email\/identities\/([^/]+)(?:\/(feedback|policies)(?:\/([^/]+))?)?$/;

const OPERATIONS: Record<string, string> = {
  'GET ': 'GetEmailIdentity',
  'PUT feedback': 'PutEmailIdentityFeedbackAttributes',
  'GET policies': 'GetEmailIdentityPolicies',
  'POST policies/*': 'CreateEmailIdentityPolicy',
  'PUT policies/*': 'UpdateEmailIdentityPolicy',
  'DELETE policies/*': 'DeleteEmailIdentityPolicy',
};

/** The keys that SES takes in the conditions of a policy, in its own spelling. */
const CONDITION_KEY = /^(?:aws:[A-Z]\w+|ses:(?:FeedbackAddress|FromAddress|FromDisplayName|Recipients))$/;
const ACTION = /^ses:(?:Send(?:Raw|Templated|BulkTemplated)?Email|(?:Get|Put|Create|Update|Delete|List|BatchGet|Cancel|Tag|Untag)\w+)$/;

/** An identity as SES keeps it. */
export interface FakeIdentity {
  readonly policies: Map<string, string>;
  forwarding: boolean;
  configurationSet?: string;
  /** Topics and whether the headers of the message are in notifications, by type; set by version 1 of the API. */
  readonly topics: Map<string, string>;
  readonly headers: Set<string>;
}

interface Statement {
  Effect: string;
  Principal: string | Record<string, string | string[]>;
  Action: string | string[];
  Resource: string;
  Condition?: Record<string, Record<string, string | string[]>>;
}

/**
 * A fake of what Amazon SES v2 has about policies of identities and about the forwarding of feedback. It refuses what SES refuses: names, texts that are too long,
 * too many policies, policies about something else, principals that do not exist, conditions that it does not know.
 */
export class FakeSesIdentities extends FakeJsonService {
  public readonly identities = new Map<string, FakeIdentity>();

  /** Principals that do not exist, or not yet: how many more times they are refused. */
  public readonly unknownPrincipals = new Map<string, number>();

  /** What somebody else does between two calls: before the next of an operation. */
  public readonly meanwhile = new Map<string, () => void>();

  private path: { identity: string; policy?: string } = { identity: '' };

  /** Told of each change of forwarding. */
  public onForwarding: (enabled: boolean) => void = () => {};

  /** Makes an identity. */
  public put(name: string, settings: Partial<FakeIdentity> = {}): FakeIdentity {
    const identity: FakeIdentity = { policies: new Map(), forwarding: true, topics: new Map(), headers: new Set(), ...settings };
    this.identities.set(name, identity);
    return identity;
  }

  /** The policies of an identity, as JSON. */
  public policies(name: string): Record<string, { Id: string; Statement: Statement[] }> {
    return Object.fromEntries([...this.identities.get(name)!.policies].map(([policy, text]) => [policy, JSON.parse(text)]));
  }

  public override reset(): void {
    super.reset();
    this.identities.clear();
    this.unknownPrincipals.clear();
    this.meanwhile.clear();
  }

  protected operationOf({ method, url }: IncomingMessage): string | undefined {
    const [, identity, what, policy] = PATH.exec(url!.split('?')[0]) ?? [];
    if (identity === undefined) return undefined;
    this.path = { identity: decodeURIComponent(identity), policy: policy && decodeURIComponent(policy) };
    return OPERATIONS[`${method} ${[what, policy && '*'].filter(Boolean).join('/')}`];
  }

  protected override answer(...[request, body, note]: Parameters<FakeJsonService['answer']>) {
    return super.answer(request, body === '' ? '{}' : body, note);
  }

  protected carryOut(operation: string, input: Json): Json {
    this.meanwhile.get(operation)?.();
    this.meanwhile.delete(operation);
    const identity = this.identities.get(this.path.identity);
    if (!identity) throw new Refusal(404, 'NotFoundException', `Email identity ${this.path.identity} does not exist.`);
    switch (operation) {
      case 'GetEmailIdentity': return { FeedbackForwardingStatus: identity.forwarding, ConfigurationSetName: identity.configurationSet, VerifiedForSendingStatus: true };
      case 'GetEmailIdentityPolicies': return { Policies: Object.fromEntries(identity.policies) };
      case 'PutEmailIdentityFeedbackAttributes': {
        checkMembers(operation, input, [], ['EmailForwardingEnabled']);
        identity.forwarding = input.EmailForwardingEnabled as boolean ?? false;
        this.onForwarding(identity.forwarding);
        return {};
      }
      default: return this.changePolicy(operation, identity, input);
    }
  }

  private changePolicy(operation: string, { policies }: FakeIdentity, input: Json): Json {
    const name = this.path.policy!;
    checkMembers(operation, input, operation === 'DeleteEmailIdentityPolicy' ? [] : ['Policy']);
    if (name.length > 64) throw bad('1 validation error detected: Value at \'policyName\' failed to satisfy constraint: Member must have length less than or equal to 64');
    if (!/^[A-Za-z0-9_-]+$/.test(name)) throw bad('PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores.');
    const exists = policies.has(name);
    if (operation === 'CreateEmailIdentityPolicy' && exists) throw new Refusal(400, 'AlreadyExistsException', `Policy <${name}> already exists`);
    if (operation !== 'CreateEmailIdentityPolicy' && !exists) throw new Refusal(404, 'NotFoundException', `Policy <${name}> does not exist`);
    if (!exists && policies.size >= 20) {
      throw new Refusal(400, 'LimitExceededException', `Number of policies for <${this.path.identity}> exceeds max allowed number of policies per resource`);
    }
    if (operation === 'DeleteEmailIdentityPolicy') policies.delete(name);
    else policies.set(name, this.checked(input.Policy as string));
    return {};
  }

  /** A policy in the form in which SES keeps it: without white space that means nothing. */
  private checked(text: string): string {
    if (Buffer.byteLength(text) > 4096) throw bad('Policy length must not exceed 4096');
    const policy = parse(text);
    checkMembers('Policy', policy, ['Statement'], ['Version', 'Id']);
    const statements = (policy as { Statement: Statement[] }).Statement;
    if (statements.length === 0) throw bad('InvalidPolicy: a policy must have at least one statement');
    statements.forEach(statement => this.checkStatement(statement));
    return JSON.stringify(policy);
  }

  private checkStatement(statement: Statement): void {
    checkMembers('Statement', statement, ['Effect', 'Principal', 'Action', 'Resource'], ['Sid', 'Condition']);
    if (!['Allow', 'Deny'].includes(statement.Effect)) throw bad(`InvalidPolicy: Invalid effect: ${statement.Effect}`);
    const resource = new RegExp(`^arn:aws[a-z-]*:ses:[a-z0-9-]+:${ACCOUNT}:identity/(.+)$`).exec(statement.Resource);
    if (resource?.[1] !== this.path.identity) throw bad(`InvalidPolicy: Resource ${statement.Resource} does not match identity ${this.path.identity}`);
    const action = [statement.Action].flat().find(one => !ACTION.test(one));
    if (action) throw bad(`InvalidPolicy: Unknown action: ${action}`);
    const key = Object.values(statement.Condition ?? {}).flatMap(values => Object.keys(values)).find(one => !CONDITION_KEY.test(one));
    if (key) throw bad(`InvalidPolicy: Unknown or unapplicable condition field '${key}'.`);
    const principals = typeof statement.Principal === 'string' ? [statement.Principal] : Object.values(statement.Principal).flat();
    if (principals.length === 0) throw bad('InvalidPolicy: a statement must have a principal');
    for (const principal of principals) {
      const left = this.unknownPrincipals.get(principal) ?? 0;
      this.unknownPrincipals.set(principal, left - 1);
      if (left > 0) throw bad(`InvalidPolicy: Invalid principal in policy: "${principal}"`);
    }
  }
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BadRequestException', message);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw bad('InvalidPolicy: the policy is not JSON');
  }
}
