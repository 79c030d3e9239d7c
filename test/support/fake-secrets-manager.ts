import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { checkMembers, FakeJsonService, type Json } from './fake-json-service';
import { Refusal } from './fake-service';

interface Version {
  value?: string;
  readonly stages: Set<string>;
}

interface Secret {
  readonly versions: Map<string, Version>;
  readonly createdAt: number;
  rotatedAt?: number;
}

/** A function that rotates, as Lambda invokes it. */
type RotationFunction = (event: { Step: string; SecretId: string; ClientRequestToken: string }) => Promise<void>;

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/** The operations, with the members that each needs and may have. */
const OPERATIONS: Record<string, { required: string[]; optional?: string[] }> = {
  GetSecretValue: { required: ['SecretId'], optional: ['VersionId', 'VersionStage'] },
  PutSecretValue: { required: ['SecretId', 'ClientRequestToken', 'SecretString'], optional: ['VersionStages'] },
  DescribeSecret: { required: ['SecretId'] },
  UpdateSecretVersionStage: { required: ['SecretId', 'VersionStage'], optional: ['MoveToVersionId', 'RemoveFromVersionId'] },
};

/**
 * A fake of Secrets Manager: secrets with versions and their labels, and rotation by a function.
 */
export class FakeSecretsManager extends FakeJsonService {
  private readonly secrets = new Map<string, Secret>();

  public override reset(): void {
    super.reset();
    this.secrets.clear();
  }

  /** A secret as CloudFormation makes it: without a value. */
  public addSecret(id: string): void {
    this.secrets.set(id, { versions: new Map(), createdAt: Date.now() });
  }

  /** What a label is stuck to; undefined when nothing, or without a value. */
  public valueOf(id: string, stage = 'AWSCURRENT'): string | undefined {
    return this.labelled(this.find(id), stage)?.[1].value;
  }

  /** The ID of the version that a label is stuck to. */
  public versionIdOf(id: string, stage: string): string | undefined {
    return this.labelled(this.find(id), stage)?.[0];
  }

  /** Lets a secret be made, or rotated, some time ago. */
  public backdate(id: string, times: { createdAt?: number; rotatedAt?: number }): void {
    this.secrets.set(id, { ...this.find(id), ...times });
  }

  /** The number of versions that have a label. */
  public versionsOf(id: string): number {
    return this.find(id).versions.size;
  }

  /** What somebody stores by hand. */
  public write(id: string, value: string): void {
    this.put(this.find(id), { ClientRequestToken: randomUUID(), SecretString: value });
  }

  /** Rotates as the service does: it goes on with a version that still waits, or begins with an empty one. A step that fails ends it. */
  public async rotate(id: string, rotate: RotationFunction, afterStep: (step: string) => Promise<void> = async () => {}): Promise<void> {
    const secret = this.find(id);
    const waiting = this.labelled(secret, 'AWSPENDING');
    const token = waiting && !waiting[1].stages.has('AWSCURRENT') ? waiting[0] : randomUUID();
    this.version(secret, token);
    this.stick(secret, 'AWSPENDING', token);
    for (const step of STEPS) {
      await rotate({ Step: step, SecretId: id, ClientRequestToken: token });
      await afterStep(step);
    }
    if (!secret.versions.get(token)?.stages.has('AWSCURRENT')) throw new Error('the rotation function said that it was done, and the version is not the current one');
    secret.rotatedAt = Date.now();
  }

  /** Configures rotation without rotating: one step is tried, with a version that then is taken away. */
  public async configure(id: string, rotate: RotationFunction, value = this.valueOf(id)): Promise<void> {
    const secret = this.find(id);
    const token = randomUUID();
    this.version(secret, token).value = value;
    this.stick(secret, 'AWSPENDING', token);
    await rotate({ Step: 'testSecret', SecretId: id, ClientRequestToken: token }).finally(() => this.unstick(secret, 'AWSPENDING', token));
  }

  protected operationOf(request: IncomingMessage): string | undefined {
    const operation = /^secretsmanager\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1];
    return operation && operation in OPERATIONS ? operation : undefined;
  }

  protected carryOut(operation: string, input: Json): Json {
    checkMembers(operation, input, OPERATIONS[operation].required, OPERATIONS[operation].optional);
    this.accesses.push({ action: `secretsmanager:${operation}`, resource: String(input.SecretId), keys: {} });
    const secret = this.find(String(input.SecretId));
    switch (operation) {
      case 'GetSecretValue': return this.get(secret, input);
      case 'PutSecretValue': return this.put(secret, input);
      case 'DescribeSecret': return this.describe(secret);
      default: return this.updateStage(secret, input);
    }
  }

  private find(id: string): Secret {
    const secret = this.secrets.get(id);
    if (!secret) throw new Refusal(400, 'ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret.');
    return secret;
  }

  private get(secret: Secret, { VersionId: id, VersionStage: stage = id === undefined ? 'AWSCURRENT' : undefined }: Json): Json {
    const candidates = [...secret.versions].filter(([versionId]) => id === undefined || id === versionId);
    const found = candidates.find(([, { stages }]) => stage === undefined || stages.has(String(stage)));
    if (found?.[1].value === undefined) {
      throw new Refusal(400, 'ResourceNotFoundException', `Secrets Manager can't find the specified secret value for staging label: ${String(stage)}`);
    }
    return { VersionId: found[0], SecretString: found[1].value, VersionStages: [...found[1].stages] };
  }

  private put(secret: Secret, { ClientRequestToken: token, SecretString: value, VersionStages: stages = ['AWSCURRENT'] }: Json): Json {
    const id = String(token);
    if (id.length < 32 || id.length > 64) throw new Refusal(400, 'InvalidParameterException', 'ClientRequestToken must be 32-64 characters long.');
    const version = this.version(secret, id);
    if (version.value !== undefined && version.value !== value) {
      throw new Refusal(400, 'ResourceExistsException', `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret.`);
    }
    version.value = String(value);
    (stages as string[]).forEach(stage => this.stick(secret, stage, id));
    return { VersionId: id };
  }

  private describe(secret: Secret): Json {
    return {
      CreatedDate: secret.createdAt / 1000,
      ...secret.rotatedAt ? { LastRotatedDate: secret.rotatedAt / 1000 } : {},
      VersionIdsToStages: Object.fromEntries([...secret.versions].map(([id, { stages }]) => [id, [...stages]])),
    };
  }

  private updateStage(secret: Secret, { VersionStage, MoveToVersionId: to, RemoveFromVersionId: from }: Json): Json {
    const stage = String(VersionStage);
    const [holder] = this.labelled(secret, stage) ?? [];
    if (holder !== undefined && holder !== from) {
      throw new Refusal(400, 'InvalidParameterException', `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`);
    }
    if (from !== undefined && holder !== from) throw new Refusal(400, 'InvalidParameterException', `Staging label ${stage} is not attached to version ${String(from)}.`);
    if (to !== undefined && !secret.versions.has(String(to))) throw new Refusal(400, 'ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret version.');
    if (to === undefined && stage === 'AWSCURRENT') throw new Refusal(400, 'InvalidRequestException', 'A secret has to have a current version.');
    if (to === undefined) this.unstick(secret, stage, String(from));
    else this.stick(secret, stage, String(to));
    return {};
  }

  private version(secret: Secret, id: string): Version {
    if (!secret.versions.has(id)) secret.versions.set(id, { stages: new Set() });
    return secret.versions.get(id)!;
  }

  private labelled(secret: Secret, stage: string): [string, Version] | undefined {
    return [...secret.versions].find(([, { stages }]) => stages.has(stage));
  }

  /** Sticks a label to a version, and with it the label of the version before. */
  private stick(secret: Secret, stage: string, id: string): void {
    const [holder, version] = this.labelled(secret, stage) ?? [];
    if (holder === id) return;
    version?.stages.delete(stage);
    secret.versions.get(id)!.stages.add(stage);
    if (stage === 'AWSCURRENT' && holder !== undefined) this.stick(secret, 'AWSPREVIOUS', holder);
    this.forget(secret);
  }

  private unstick(secret: Secret, stage: string, id: string): void {
    secret.versions.get(id)?.stages.delete(stage);
    this.forget(secret);
  }

  /** A version without a label is gone. */
  private forget(secret: Secret): void {
    for (const [id, { stages }] of secret.versions) if (stages.size === 0) secret.versions.delete(id);
  }
}
