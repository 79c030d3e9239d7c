import {
  DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, ResourceNotFoundException, SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { readSmtpSettings, type SmtpSettings } from './smtp-settings';
import { retry } from '../private/custom-resource.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';

/** How long a permission that this very deployment has attached may take to be known everywhere. */
const PERMISSION_SECONDS = 60;

/** What the secret holds: what a mail program needs, and the IAM user, whom rotation has to know. */
export interface StoredSettings extends SmtpSettings {
  readonly iamUser: string;
}

/** One version of the secret. */
export interface StoredVersion {
  readonly versionId: string;
  readonly settings: StoredSettings;
}

/** The labels that Secrets Manager sticks to versions. */
export type Stage = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

const secretsManager = new SecretsManagerClient(PATIENT);

/**
 * The secret in which SMTP settings are kept, with a version for each key.
 */
export class SmtpSecret {
  private readonly options: { abortSignal?: AbortSignal };

  public constructor(private readonly secretId: string, abortSignal?: AbortSignal) {
    this.options = { abortSignal };
  }

  /** The version with a label; undefined when there is none, when it has no value yet, or when its value is not of our making. */
  public async read(stage: Stage, versionId?: string): Promise<StoredVersion | undefined> {
    try {
      const { SecretString: text = '', VersionId } = await this.call(() =>
        secretsManager.send(new GetSecretValueCommand({ SecretId: this.secretId, VersionStage: stage, VersionId: versionId }), this.options));
      const settings = stored(text);
      return settings && { versionId: VersionId!, settings };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /** The labels of a version: none when there is no such version. */
  public async stagesOf(versionId: string): Promise<string[] | undefined> {
    const secret = await this.call(() => secretsManager.send(new DescribeSecretCommand({ SecretId: this.secretId }), this.options));
    return secret.VersionIdsToStages?.[versionId];
  }

  /** Adds a version: the current one, or, with the ID that rotation has given out, the one that waits to become it. */
  public async put(settings: StoredSettings, pendingId?: string): Promise<void> {
    await this.call(() => secretsManager.send(new PutSecretValueCommand({
      SecretId: this.secretId,
      SecretString: JSON.stringify(settings),
      ...pendingId ? { ClientRequestToken: pendingId, VersionStages: ['AWSPENDING'] } : {},
    }), this.options));
  }

  /** Moves a label: to a version, or off one. */
  public async move(stage: Stage, versions: { to?: string; off?: string }): Promise<void> {
    await this.call(() => secretsManager.send(new UpdateSecretVersionStageCommand({
      SecretId: this.secretId, VersionStage: stage, MoveToVersionId: versions.to, RemoveFromVersionId: versions.off,
    }), this.options));
  }

  private call<T>(attempt: () => Promise<T>): Promise<T> {
    return retry(attempt, error => (error as Error).name === 'AccessDeniedException', PERMISSION_SECONDS);
  }
}

function stored(text: string): StoredSettings | undefined {
  try {
    return readSmtpSettings(text) as StoredSettings;
  } catch {
    return undefined;
  }
}
