/** A CloudFormation template, as far as these tests read it. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type?: string; readonly Default?: unknown }>>;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface TemplateValuesProps {
  readonly template: Template;
  readonly region: string;
  /** Values of template parameters; those left out take the default that the template has. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What a deployment would answer for attributes and names of resources; undefined where it is not known. */
  readonly attribute: (logicalId: string, attribute: string) => string | undefined;
  readonly reference: (logicalId: string) => string | undefined;
}

const ACCOUNT = '111122223333';

/**
 * Works out what template values are after a deployment. It knows few intrinsics and guesses nothing: what it does not know, it refuses.
 */
export class TemplateValues {
  public constructor(private readonly props: TemplateValuesProps) {}

  /** @param place where the value stands, for the message of a refusal */
  public text(value: unknown, place: string): string {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    const refuse = (why: string): never => { throw new Error(`${place}: ${why}: ${JSON.stringify(value)}`); };
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return refuse('this is not a text');
    const entries = Object.entries(value);
    if (entries.length !== 1) return refuse('an intrinsic has one key');
    const [[intrinsic, argument]] = entries;
    switch (intrinsic) {
      case 'Ref': return this.ref(argument as string) ?? refuse('what this refers to is not known');
      case 'Fn::GetAtt': return this.attributeOf(argument as string | string[]) ?? refuse('this attribute is not known');
      case 'Fn::Join': return this.join(argument, place) ?? refuse('Fn::Join takes a delimiter and a list');
      case 'Fn::Sub': return this.sub(argument, place);
      default: return refuse(`the intrinsic ${intrinsic} is not known here`);
    }
  }

  public texts(value: unknown, place: string): string[] {
    if (!Array.isArray(value)) throw new Error(`${place}: this is not a list: ${JSON.stringify(value)}`);
    return value.map(item => this.text(item, place));
  }

  private ref(name: string): string | undefined {
    switch (name) {
      case 'AWS::Region': return this.props.region;
      case 'AWS::Partition': return partitionOf(this.props.region);
      case 'AWS::URLSuffix': return partitionOf(this.props.region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
      case 'AWS::AccountId': return ACCOUNT;
    }
    return this.parameter(name) ?? this.props.reference(name);
  }

  private parameter(name: string): string | undefined {
    const parameter = this.props.template.Parameters?.[name];
    const given = this.props.parameters?.[name];
    // the default of an SSM parameter is the name of the value, not the value
    if (!parameter || given !== undefined || parameter.Type?.startsWith('AWS::SSM::')) return parameter && given;
    return typeof parameter.Default === 'string' || typeof parameter.Default === 'number' ? String(parameter.Default) : undefined;
  }

  private attributeOf(argument: string | string[]): string | undefined {
    const [logicalId, ...attribute] = Array.isArray(argument) ? argument : argument.split('.');
    return this.props.attribute(logicalId, attribute.join('.'));
  }

  private join(argument: unknown, place: string): string | undefined {
    if (!Array.isArray(argument) || argument.length !== 2 || typeof argument[0] !== 'string' || !Array.isArray(argument[1])) return undefined;
    return this.texts(argument[1], place).join(argument[0]);
  }

  private sub(argument: unknown, place: string): string {
    const [pattern, own] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Record<string, unknown>];
    return pattern.replace(/\$\{(!?)([^}]*)\}/g, (_, literal, name: string) => {
      if (literal) return `\${${name}}`;
      if (own[name] !== undefined) return this.text(own[name], place);
      return this.text(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }, place);
    });
  }
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
