import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { interfaceEndpoint, MailEndpoint, MailEndpointProps } from './mail-endpoint';
import { located } from '../private/errors';
import { finding } from '../private/finding';
import { SesRegion } from '../ses/region';

/** The port of the API. */
const HTTPS = 443;

/**
 * Properties of an endpoint of the SES API.
 */
export interface SesApiEndpointProps extends MailEndpointProps {
  /**
   * Whether it is the endpoint that uses validated cryptography only (FIPS 140). Programs have to call the FIPS host then (`AWS_USE_FIPS_ENDPOINT=true`).
   *
   * @default false
   */
  readonly fips?: boolean;
}

/**
 * Lets programs in a VPC call the SES API without a way to the internet: an interface endpoint of `email`, open on port 443 for those clients only that are
 * named. Programs that send by SMTP need an `SmtpEndpoint`.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 *
 * @example
 * declare const vpc: ec2.Vpc;
 * declare const shop: lambda.Function;
 * declare const domain: VerifiedDomain;
 *
 * const endpoint = new SesApiEndpoint(this, 'SesApi', { vpc, clients: [shop] });
 * domain.grantSend(shop, { vpcEndpoints: [endpoint.vpcEndpointId] });
 */
export class SesApiEndpoint extends MailEndpoint {
  public readonly endpoint: ec2.InterfaceVpcEndpoint;

  /** @internal */
  protected readonly _portNumbers = [HTTPS];

  public constructor(scope: Construct, id: string, props: SesApiEndpointProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    if (props.fips && !located(this, () => SesRegion.of(region)).supportsFips) {
      finding(this, 'SesApiEndpoint.regionWithoutFips', `SES is not known to have a FIPS host in ${region}, so there may be no such endpoint; leave \`fips\` out, or ` +
        'acknowledge when AWS lists the service');
    }
    this.endpoint = interfaceEndpoint(this, props, new ec2.InterfaceVpcEndpointAwsService(props.fips ? 'email-fips' : 'email', undefined, HTTPS));
    props.clients?.forEach(client => this.allowFrom(client));
  }
}
