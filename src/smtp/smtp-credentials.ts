import { CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { reportCredentials } from './credentials-findings';
import { RotationHandler } from './rotation-handler';
import { SMTP_CREDENTIALS_RESOURCE_TYPE, type SmtpCredentialsProperties } from './smtp-constants';
import { SmtpCredentialsFunction } from './smtp-credentials-function';
import { SmtpEndpoint } from './smtp-endpoint';
import { allowSending, checkLimits } from './smtp-grant';
import { SmtpRotation } from './smtp-rotation';
import { SendConditions } from '../delegation';
import { IMailIdentity } from '../identity';
import { acknowledge, COMPLIANCE_PACKS } from '../private/acknowledged-rules';
import { customResourceHandler } from '../private/custom-resource-handler';
import { fail, located } from '../private/errors';
import { permit } from '../private/handler-permission';
import { SesRegion } from '../ses/region';
import { SmtpPort } from '../ses/smtp-port';

/**
 * Properties of SMTP credentials. The limits to what may be sent are those of any grant; `apiVersion` 1 and `userAgents` are refused, since mail by SMTP cannot
 * meet them.
 */
export interface SmtpCredentialsProps extends SendConditions {
  /**
   * The domains and addresses to send from, at least one. Mail from others is refused.
   */
  readonly identities: IMailIdentity[];

  /**
   * The stream, or another configuration set, through which mail has to go. A program names it in the header `X-SES-CONFIGURATION-SET`; only for the default set
   * of the identity it need not.
   *
   * @default - the default configuration sets of the identities
   */
  readonly stream?: IConfigurationSet;

  /**
   * The Region through which mail is sent. The identities and the stream have to be there; import them by name when it is not the Region of the stack.
   *
   * @default - the Region of the stack
   */
  readonly region?: string;

  /**
   * The port that programs are told.
   *
   * @default SmtpPort.STARTTLS_587
   */
  readonly port?: SmtpPort;

  /**
   * The host that programs are told, e.g. `email-smtp-fips.us-gov-west-1.amazonaws.com`.
   *
   * @default - the SMTP host of the Region
   */
  readonly host?: string;

  /**
   * VPC endpoints through which mail has to come. A password that gets out is of no use elsewhere. The endpoints have to be of the Region of the credentials,
   * and to admit their port.
   *
   * @default - mail may come from anywhere, or as `vpcEndpoints` says
   */
  readonly endpoints?: SmtpEndpoint[];

  /**
   * When the credentials are replaced.
   *
   * @default SmtpRotation.every(Duration.days(90))
   */
  readonly rotation?: SmtpRotation;

  /**
   * The key that encrypts the secret.
   *
   * @default - the key which AWS manages for Secrets Manager
   */
  readonly encryptionKey?: kms.IKey;
}

/** The actions on the secret that both functions need. */
const SECRET_ACTIONS = ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'];

/**
 * A user name and a password for programs that send by SMTP, in a secret of Secrets Manager: `username`, `password`, `host`, `port` and `region`.
 *
 * SES knows SMTP users as IAM users with an access key, from which the password is computed, for each Region another. This makes such a user, who can do nothing
 * but send as the properties say. A function makes its key and stores the password, so neither is ever in a template, an output or a log. The keys of the user
 * belong to the credentials: one that somebody makes by hand is deleted by the next rotation, and all of them when the stack is deleted.
 *
 * Rotation makes a second key, logs in with it, and only then makes it the current one. The key before stays valid until the next rotation: programs have to
 * read the secret again within that time, and miss no message.
 *
 * Programs which can call AWS with a role of their own need no password: see `grantSend`. SES takes no temporary credentials by SMTP.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html
 *
 * @example
 * declare const domain: VerifiedDomain;
 * declare const relay: ec2.Instance;
 *
 * const credentials = new SmtpCredentials(this, 'Relay', { identities: [domain], fromAddresses: ['*@example.com'] });
 * credentials.grantRead(relay);
 */
export class SmtpCredentials extends Construct {
  /** The secret with the settings for programs. */
  public readonly secret: secretsmanager.ISecret;

  /** The IAM user that SES sees. */
  public readonly user: iam.IUser;

  /** The Region through which mail is sent. */
  public readonly region: string;

  /** The host that programs are told. */
  public readonly host: string;

  /** The port that programs are told. */
  public readonly port: SmtpPort;

  /** When the credentials are replaced. */
  public readonly rotation: SmtpRotation;

  private watched = false;

  public constructor(scope: Construct, id: string, props: SmtpCredentialsProps) {
    super(scope, id);
    this.region = props.region ?? Stack.of(this).region;
    this.port = props.port ?? SmtpPort.STARTTLS_587;
    const region = located(this, () => SesRegion.of(this.region));
    this.host = props.host ?? region.smtpEndpoint;
    this.rotation = props.rotation ?? SmtpRotation.every(Duration.days(90));
    this.checkEndpoints(props.endpoints ?? []);
    this.user = this.createUser(props);
    this.secret = this.createSecret(props.encryptionKey);
    this.rotate(this.createKey());
    reportCredentials(this, { ...props, region, port: this.port, isWatched: () => this.watched });
  }

  /**
   * Allows to read the secret.
   *
   * @param grantee who may
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    const read = this.secret.grantRead(grantee);
    const { encryptionKey } = this.secret;
    if (!encryptionKey) return read;
    const { resources, ...key } = this.keyStatement(encryptionKey, ['kms:Decrypt']);
    return iam.Grant.addToPrincipal({ grantee, ...key, resourceArns: resources }).combine(read);
  }

  /**
   * Somebody learns when the credentials are no longer rotated.
   *
   * @internal
   */
  public _watch(): void {
    this.watched = true;
  }

  private checkEndpoints(endpoints: SmtpEndpoint[]): void {
    for (const endpoint of endpoints) {
      const { region } = Stack.of(endpoint);
      if (region !== this.region && !Token.isUnresolved(region) && !Token.isUnresolved(this.region)) {
        fail('SmtpCredentials.otherEndpoint', `the credentials are for ${this.region} and the endpoint ${endpoint.node.path} leads to SES in ${region}, which does not ` +
          'know them; make both for one Region', this);
      }
      if (!endpoint.ports.includes(this.port)) {
        fail('SmtpCredentials.closedPort', `programs are told port ${this.port.portNumber}, and the endpoint ${endpoint.node.path} admits ` +
          `${endpoint.ports.map(({ portNumber }) => portNumber).join(' and ')}; give the same port to both`, this);
      }
    }
  }

  private createUser({ identities, stream, endpoints, ...conditions }: SmtpCredentialsProps): iam.User {
    checkLimits(this, conditions);
    const vpcEndpoints = endpoints && [...conditions.vpcEndpoints ?? [], ...endpoints.map(endpoint => endpoint.vpcEndpointId)];
    const policy = new iam.ManagedPolicy(this, 'Policy', {
      description: 'Lets an SMTP user of Amazon SES send mail.',
      document: new iam.PolicyDocument({ minimize: true }),
    });
    allowSending(this, { grantee: policy, region: this.region, identities, stream, limits: { ...conditions, ...vpcEndpoints && { vpcEndpoints } } });
    const user = new iam.User(this, 'User', { managedPolicies: [policy] });
    acknowledge(user, 'IAMUserGroupMembership', COMPLIANCE_PACKS, 'The user is a login of programs at SES, with one policy that suits no other.');
    acknowledge(user, 'IAMUserNoPolicies', COMPLIANCE_PACKS, 'The user is a login of programs at SES, with one policy that suits no other.');
    return user;
  }

  private createSecret(encryptionKey?: kms.IKey): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'Secret', { description: 'How to send by SMTP through Amazon SES', encryptionKey });
    // empty, until the handler stores the settings; aws-cdk-lib would have a password made that SES does not know
    (secret.node.defaultChild as secretsmanager.CfnSecret).generateSecretString = undefined;
    if (!encryptionKey) {
      acknowledge(secret, 'SecretsManagerUsingKMSKey', COMPLIANCE_PACKS, 'No key was given, so the secret is encrypted with the one that AWS manages.');
    }
    return secret;
  }

  private createKey(): CustomResource {
    const handler = customResourceHandler(this, SmtpCredentialsFunction);
    const properties: SmtpCredentialsProperties = {
      UserName: this.user.userName, SecretId: this.secret.secretArn, Region: this.region, Host: this.host, Port: String(this.port.portNumber),
    };
    const key = new CustomResource(this, 'Key', { resourceType: SMTP_CREDENTIALS_RESOURCE_TYPE, serviceToken: handler.functionArn, properties: { ...properties } });
    key.node.addDependency(permit(handler, this.handling(SECRET_ACTIONS)));
    return key;
  }

  /** The function can be asked to rotate by hand too, so it is there in any case. */
  private rotate(key: CustomResource): void {
    const handler = RotationHandler.of(this);
    this.handling(['secretsmanager:DescribeSecret', ...SECRET_ACTIONS]).forEach(statement => handler.handlerFunction.addToRolePolicy(new iam.PolicyStatement(statement)));
    const schedule = new secretsmanager.CfnRotationSchedule(this, 'Rotation', {
      secretId: this.secret.secretArn,
      rotationLambdaArn: handler.handlerFunction.functionArn,
      rotationRules: this.rotation._rules,
      // the key was made a moment ago
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(key, handler);
    if (this.rotation.interval) return;
    acknowledge(this.secret, 'SMG4', ['AwsSolutions'], 'Whoever chose this rotates the credentials by hand.');
    acknowledge(this.secret, 'SecretsManagerRotationEnabled', ['HIPAA.Security', 'NIST.800.53.R5'], 'Whoever chose this rotates the credentials by hand.');
  }

  /** What a function needs that makes keys and stores them. */
  private handling(secretActions: string[]): iam.PolicyStatementProps[] {
    return [
      { actions: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:ListAccessKeys'], resources: [this.user.userArn] },
      { actions: secretActions, resources: [this.secret.secretArn] },
      ...this.secret.encryptionKey ? [this.keyStatement(this.secret.encryptionKey, ['kms:Decrypt', 'kms:GenerateDataKey'])] : [],
    ];
  }

  /** The policy of a key that is made by the CDK lets Secrets Manager use it for whom IAM allows to; that of an imported key has to. */
  private keyStatement({ keyArn }: kms.IKey, actions: string[]) {
    return { actions, resources: [keyArn], conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } } };
  }
}
