import { standInTokens, type DkimToken } from './dkim-key';
import { canonicalName, createRecordSets, type RecordSetRequest } from './route53-stand-in';
import { TemplateValues, type Template, type TemplateResource } from './template-values';
import type { ZoneRecord } from '../support/dns-server';

export interface ZoneOfTemplateProps {
  /** The template, parsed. */
  readonly template: Template;
  /** The Region of the deployment; a template that names none goes to any. */
  readonly region: string;
  /** The hosted zones that exist before, name by ID: a template has IDs only. */
  readonly zones: Readonly<Record<string, string>>;
  /** Values of template parameters without default. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** How an identity's mail is signed: with keys that SES keeps behind three tokens, or with the user's key. */
export type IdentityDkim =
  | { readonly kind: 'easy'; readonly tokens: readonly DkimToken[] }
  | { readonly kind: 'bringYourOwn'; readonly selector: string };

/** A domain that the template makes an SES identity. */
export interface MailIdentity {
  readonly domain: string;
  readonly dkim: IdentityDkim;
  readonly signs: boolean;
  readonly mailFromDomain?: string;
  /** Whether SES refuses mail, instead of sending from its own domain, while the MAIL FROM domain has no valid MX record. */
  readonly rejectsOnMxFailure: boolean;
}

/** What a deployment leaves behind. */
export interface DeployedZone {
  /** The names of the zones that the template writes into. */
  readonly zones: readonly string[];
  readonly records: readonly ZoneRecord[];
  readonly identities: readonly MailIdentity[];
}

const IDENTITY = 'AWS::SES::EmailIdentity';
const RECORD_SET = 'AWS::Route53::RecordSet';
const HOSTED_ZONE = 'AWS::Route53::HostedZone';
const RECORD_SET_GROUP = 'AWS::Route53::RecordSetGroup';
/** Properties of a record set that say nothing about the answer to a query. */
const SILENT = ['Comment', 'HostedZoneId'];
const READ = ['Name', 'Type', 'TTL', 'ResourceRecords'];

/**
 * What hosted zones hold and which identities exist once a template is deployed. A stand-in for CloudFormation:
 * it refuses what a deployment would refuse, and whatever it does not know.
 */
export function zoneOfTemplate(props: ZoneOfTemplateProps): DeployedZone {
  return new Deployment(props).zone();
}

class Deployment {
  private readonly values: TemplateValues;
  private readonly identities = new Map<string, MailIdentity>();

  public constructor(private readonly props: ZoneOfTemplateProps) {
    this.values = new TemplateValues({
      ...props,
      attribute: (logicalId, attribute) => this.tokenAttribute(logicalId, attribute),
      reference: logicalId => this.resource(logicalId)?.Type === IDENTITY ? this.identityDomain(logicalId) : undefined,
    });
  }

  public zone(): DeployedZone {
    const resources = Object.entries(this.props.template.Resources ?? {});
    const domains = resources.filter(([id, { Type }]) => Type === IDENTITY && !this.identityDomain(id).includes('@'));
    const identities = domains.map(([id]) => this.identity(id));
    const sets = resources.flatMap(([id, resource]) => this.recordSets(id, resource));
    if (sets.length === 0) throw new Error('the template publishes no record in Route 53');
    return { zones: [...new Set(sets.map(set => set.zone))], records: createRecordSets(sets), identities };
  }

  private resource(logicalId: string): TemplateResource | undefined {
    return this.props.template.Resources?.[logicalId];
  }

  // identities

  private identityDomain(logicalId: string): string {
    return canonicalName(this.values.text(this.resource(logicalId)?.Properties?.EmailIdentity, `${logicalId}.EmailIdentity`));
  }

  private identity(logicalId: string): MailIdentity {
    const known = this.identities.get(logicalId);
    if (known) return known;
    refuseConditional(logicalId, this.resource(logicalId));
    const properties = this.resource(logicalId)?.Properties ?? {};
    const attributes = (name: string) => (properties[name] ?? {}) as Record<string, unknown>;
    const domain = this.identityDomain(logicalId);
    const mailFrom = attributes('MailFromAttributes');
    const identity: MailIdentity = {
      domain,
      dkim: this.dkim(domain, attributes('DkimSigningAttributes'), logicalId),
      signs: attributes('DkimAttributes').SigningEnabled !== false,
      mailFromDomain: mailFrom.MailFromDomain === undefined ? undefined : canonicalName(this.values.text(mailFrom.MailFromDomain, `${logicalId}.MailFromDomain`)),
      rejectsOnMxFailure: mailFrom.BehaviorOnMxFailure === 'REJECT_MESSAGE',
    };
    if (identity.mailFromDomain && !identity.mailFromDomain.endsWith(`.${domain}`)) {
      throw new Error(`${logicalId}: SES takes a sub-domain of the identity as its MAIL FROM domain, not ${identity.mailFromDomain}`);
    }
    this.identities.set(logicalId, identity);
    return identity;
  }

  private dkim(domain: string, signing: Record<string, unknown>, logicalId: string): IdentityDkim {
    if (signing.DomainSigningSelector === undefined) {
      return { kind: 'easy', tokens: standInTokens(domain, signing.NextSigningKeyLength === 'RSA_1024_BIT' ? 1024 : 2048) };
    }
    if (signing.DomainSigningPrivateKey === undefined) throw new Error(`${logicalId}: SES takes a selector only together with a private key`);
    return { kind: 'bringYourOwn', selector: this.values.text(signing.DomainSigningSelector, `${logicalId}.DomainSigningSelector`) };
  }

  private tokenAttribute(logicalId: string, attribute: string): string | undefined {
    const [, side, number] = /^DkimDNSToken(Name|Value)([123])$/.exec(attribute) ?? [];
    if (side === undefined || this.resource(logicalId)?.Type !== IDENTITY) return undefined;
    const { dkim } = this.identity(logicalId);
    if (dkim.kind !== 'easy') return undefined;
    const token = dkim.tokens[Number(number) - 1];
    return side === 'Name' ? token.name : token.value;
  }

  // records

  private recordSets(logicalId: string, resource: TemplateResource): RecordSetRequest[] {
    if (resource.Type !== RECORD_SET && resource.Type !== RECORD_SET_GROUP) return [];
    refuseConditional(logicalId, resource);
    const properties = resource.Properties ?? {};
    const zone = this.zoneOf(logicalId, properties);
    if (resource.Type === RECORD_SET) return [this.recordSet(properties, logicalId, zone)];
    return (properties.RecordSets as Record<string, unknown>[]).map((set, index) => this.recordSet(set, `${logicalId}.RecordSets[${index}]`, zone));
  }

  private recordSet(set: Readonly<Record<string, unknown>>, place: string, zone: string): RecordSetRequest {
    const unknown = Object.keys(set).filter(key => !READ.includes(key) && !SILENT.includes(key));
    if (unknown.length > 0) throw new Error(`${place}: a record set with ${unknown.join(', ')} is not known here`);
    return {
      place,
      zone,
      name: this.values.text(set.Name, `${place}.Name`),
      type: this.values.text(set.Type, `${place}.Type`),
      ttl: this.values.text(set.TTL, `${place}.TTL`),
      values: this.values.texts(set.ResourceRecords, `${place}.ResourceRecords`),
    };
  }

  /** The name of the zone: told for one that exists, and read from the template for one that it makes. */
  private zoneOf(logicalId: string, properties: Readonly<Record<string, unknown>>): string {
    const id = properties.HostedZoneId;
    const made = this.resource((id as { Ref?: string } | undefined)?.Ref ?? '');
    const name = made?.Type === HOSTED_ZONE
      ? this.values.text(made.Properties?.Name, `${logicalId}.HostedZoneId`)
      : this.props.zones[this.values.text(id, `${logicalId}.HostedZoneId`)];
    if (name === undefined) throw new Error(`${logicalId}: there is no hosted zone ${JSON.stringify(id)}`);
    return canonicalName(name);
  }
}

function refuseConditional(logicalId: string, resource?: TemplateResource): void {
  if (resource?.Condition !== undefined) throw new Error(`${logicalId}: whether the condition ${resource.Condition} holds is not known here`);
}
