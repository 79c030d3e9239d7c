/* Programs that can only speak SMTP, in a VPC without a way to the internet: a login for each, which is of no use outside. */
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type IMailIdentity, SmtpCredentials, SmtpEndpoint, SmtpKeyMonitor, SmtpPort, SmtpRotation } from '../../src';

export interface RelayStackProps extends StackProps {
  readonly vpc: ec2.IVpc;
  /** The servers that may connect. */
  readonly clients: ec2.IConnectable[];
  readonly domain: IMailIdentity;
  readonly operators: ITopic;
}

export class RelayStack extends Stack {
  /** The role of the mail server, which reads its login by itself. */
  public readonly mailServer: iam.IRole;

  public constructor(scope: Construct, id: string, { vpc, clients, domain, operators, ...props }: RelayStackProps) {
    super(scope, id, props);
    this.mailServer = new iam.Role(this, 'MailServer', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    const endpoint = new SmtpEndpoint(this, 'Smtp', { vpc, clients, lookupSupportedAzs: true });
    const limits = { identities: [domain], endpoints: [endpoint], encryptionKey: new Key(this, 'Key', { enableKeyRotation: true }) };

    const relay = new SmtpCredentials(this, 'Relay', { ...limits, fromAddresses: ['*@example.com'], rotation: SmtpRotation.every(Duration.days(30)) });
    relay.grantRead(this.mailServer);

    // a person types the password into the device, so a person says when it changes
    const scanner = new SmtpCredentials(this, 'Scanner', {
      ...limits, fromAddresses: ['scanner@example.com'], port: SmtpPort.TLS_465, rotation: SmtpRotation.byHand(),
    });

    new SmtpKeyMonitor(this, 'SmtpKeys', { credentials: [relay, scanner], topic: operators });
  }
}
