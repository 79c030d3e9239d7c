/*
 * The language of SES's templates: Handlebars, without HTML escaping, and with a message that fails to render when a value is missing.
 */
import type * as handlebars from 'handlebars';
import { fail } from '../private/errors';

/** What is known of the helpers that SES has: those that Handlebars brings. */
const HELPERS: ReadonlySet<string> = new Set(['each', 'if', 'unless', 'with', 'lookup', 'log']);

/** The helpers inside which names mean what they mean outside. */
const CONDITIONS: ReadonlySet<string | undefined> = new Set(['if', 'unless']);

/** What SES fills in itself. */
const OF_SES: ReadonlySet<string> = new Set(['amazonSESUnsubscribeUrl', 'ses:openTracker']);

/** A text of the language, and where it is from, for people who look for a mistake. */
export interface TemplateSource {
  readonly text: string;
  /** The name of a part or a file. */
  readonly origin: string;
}

/** What a text has in it. */
export interface TemplateOutline {
  /** The values that the data of a message have to bring, sorted: `user.name`, `items[].price`. */
  readonly variables: string[];
  /** The inline partials that it uses and does not define itself, sorted. */
  readonly partials: string[];
  /** The lines that have `{{{`, for whoever thinks that this makes a difference. */
  readonly tripleBraces: number[];
}

/** What came of a text, and the values that it prints and that the data did not have. */
export interface Rendering {
  readonly text: string;
  readonly missing: string[];
}

/**
 * Reads a text. Refuses one that SES could not render: bad syntax, or a helper that it does not have.
 */
export function outlineOf(source: TemplateSource): TemplateOutline {
  const outline = new Outline(source);
  outline.read(parse(source), { context: '', outer: [], names: new Map() });
  const { variables, partials, defined, tripleBraces } = outline;
  return { variables: [...variables].sort(), partials: [...partials].filter(name => !defined.has(name)).sort(), tripleBraces };
}

/**
 * Renders a text with data, as SES does. What is missing reads as nothing here; SES does not send the message then.
 */
export function renderTemplate(source: TemplateSource, data: object): Rendering {
  const missing = new Set<string>();
  try {
    const template = library().compile(source.text, { noEscape: true, strict: true });
    return { text: template(watched(withSesValues(data), '', missing), { allowProtoPropertiesByDefault: false }), missing: [...missing] };
  } catch (error) {
    if (missing.size > 0) return { text: '', missing: [...missing] };
    return fail('EmailTemplate.rendering', `${source.origin} does not render with sampleData: ${reasonOf(error as Error)}`);
  }
}

/** Handlebars does not say which object is not there. */
function reasonOf({ message }: Error): string {
  const name = /^"(.+)" not defined in undefined|^Cannot read properties of undefined \(reading '(.+)'\)/.exec(message);
  return name ? `it asks for "${name[1] ?? name[2]}" of an object which the data do not have` : message;
}

function parse({ text, origin }: TemplateSource): hbs.AST.Program {
  try {
    return library().parse(text);
  } catch (error) {
    const { message } = error as Error;
    const line = /line (\d+)/.exec(message)?.[1] ?? (error as { lineNumber?: number }).lineNumber;
    return fail('EmailTemplate.syntax', `${origin}, line ${line}: ${message.split('\n').pop()}; SES takes the language of Handlebars (handlebarsjs.com)`);
  }
}

/** Loaded on first use, and apart from what the app may have registered with a Handlebars of its own. */
function library(): typeof handlebars {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require('handlebars') as typeof handlebars).create();
}

function withSesValues(data: object): object {
  return { ...data, ...Object.fromEntries([...OF_SES].map(name => [name, `{{${name}}}`])) };
}

/**
 * The data, taking down what is looked for in vain. Handlebars asks with `in` only where a value is printed: SES, too, takes a missing value for false in a
 * condition, and for nothing in a list.
 */
function watched(data: object, path: string, missing: Set<string>): object {
  const place = (key: string | symbol) => Array.isArray(data) ? `${path}[]` : path === '' ? String(key) : `${path}.${String(key)}`;
  return new Proxy(data, {
    has: (target, key) => {
      if (!(key in target)) missing.add(place(key));
      return true;
    },
    get: (target, key) => {
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'object' && value !== null ? watched(value, place(key), missing) : value;
    },
  });
}

/** Walks through a text once. */
class Outline {
  public readonly variables = new Set<string>();
  public readonly partials = new Set<string>();
  public readonly defined = new Set<string>();
  public readonly tripleBraces: number[] = [];

  public constructor(private readonly source: TemplateSource) {}

  public read(program: hbs.AST.Program | undefined, place: Place): void {
    program?.body.forEach(statement => this.readStatement(statement, place));
  }

  private readStatement(statement: hbs.AST.Statement, place: Place): void {
    switch (statement.type) {
      case 'MustacheStatement': return this.readMustache(statement as hbs.AST.MustacheStatement, place);
      case 'BlockStatement': return this.readBlock(statement as hbs.AST.BlockStatement, place);
      case 'DecoratorBlock': return this.readInline(statement as hbs.AST.DecoratorBlock, place);
      case 'PartialStatement': return this.readPartial(statement as hbs.AST.PartialStatement, place);
      case 'ContentStatement': case 'CommentStatement': return;
      default: return this.refuse(statement, `${statement.type} is not known to SES`);
    }
  }

  private readMustache(statement: hbs.AST.MustacheStatement, place: Place): void {
    if (!statement.escaped) this.tripleBraces.push(statement.loc.start.line);
    if (statement.params.length > 0 || statement.hash) {
      this.checkHelper(statement.path, statement);
      this.readArguments(statement, place);
    } else {
      this.readExpression(statement.path, place);
    }
  }

  private readBlock(block: hbs.AST.BlockStatement, place: Place): void {
    const [subject] = block.params;
    const helper = block.params.length > 0 ? (block.path as hbs.AST.PathExpression).original : undefined;
    if (helper !== undefined) this.checkHelper(block.path, block);
    this.readArguments(block, place);
    if (helper === undefined) this.readExpression(block.path, place);
    const inner = this.innerContext(helper, helper === undefined ? block.path : subject, place);
    const names = new Map(place.names);
    block.program?.blockParams?.slice(0, 1).forEach(name => names.set(name, inner));
    const outer = CONDITIONS.has(helper) ? place.outer : [place.context, ...place.outer];
    this.read(block.program, { context: inner, outer, names });
    this.read(block.inverse, place);
  }

  /** Where names inside a block are looked for. */
  private innerContext(helper: string | undefined, subject: hbs.AST.Expression, place: Place): string {
    if (CONDITIONS.has(helper) || subject.type !== 'PathExpression') return place.context;
    const path = this.resolve(subject as hbs.AST.PathExpression, place) ?? place.context;
    return helper === 'with' ? path : `${path}[]`;
  }

  private readInline(block: hbs.AST.DecoratorBlock, place: Place): void {
    const [name] = block.params as hbs.AST.StringLiteral[];
    if ((block.path as hbs.AST.PathExpression).original !== 'inline' || name?.type !== 'StringLiteral') {
      this.refuse(block, 'a decorator other than {{#* inline "name"}} is not known to SES');
    }
    this.defined.add(name.value);
    this.read(block.program, place);
  }

  private readPartial(statement: hbs.AST.PartialStatement, place: Place): void {
    const { name } = statement;
    if (name.type !== 'PathExpression') this.refuse(statement, 'the name of a partial cannot be computed');
    this.partials.add((name as hbs.AST.PathExpression).original);
    this.readArguments(statement, place);
  }

  private readArguments({ params, hash }: { params: hbs.AST.Expression[]; hash?: hbs.AST.Hash }, place: Place): void {
    [...params, ...(hash?.pairs ?? []).map(({ value }) => value)].forEach(expression => this.readExpression(expression, place));
  }

  private readExpression(expression: hbs.AST.Expression, place: Place): void {
    if (expression.type === 'SubExpression') {
      const { path, ...rest } = expression as hbs.AST.SubExpression;
      this.checkHelper(path, expression);
      this.readArguments(rest, place);
    } else if (expression.type === 'PathExpression') {
      const variable = this.resolve(expression as hbs.AST.PathExpression, place);
      if (variable !== undefined && variable !== '' && !OF_SES.has(variable)) this.variables.add(variable);
    }
  }

  /** The whole name of a value; undefined for what Handlebars brings, e.g. `@index`. */
  private resolve(path: hbs.AST.PathExpression, place: Place): string | undefined {
    if (path.data) return undefined;
    const [first, ...rest] = path.parts as string[];
    const named = path.depth === 0 ? place.names.get(first) : undefined;
    if (named !== undefined) return [named, ...rest].join('.');
    const base = path.depth === 0 ? place.context : place.outer[path.depth - 1] ?? '';
    return [base, ...path.parts as string[]].filter(part => part !== '').join('.');
  }

  private checkHelper(path: hbs.AST.Expression, where: hbs.AST.Node): void {
    const { original } = path as hbs.AST.PathExpression;
    if (!HELPERS.has(original)) this.refuse(where, `the helper "${original}" is not known to SES, which has ${[...HELPERS].join(', ')}`);
  }

  private refuse({ loc }: hbs.AST.Node, what: string): never {
    return fail('EmailTemplate.language', `${this.source.origin}, line ${loc.start.line}: ${what}`);
  }
}

/** Where a name stands. */
interface Place {
  /** Where plain names are looked for, e.g. `items[]`. */
  readonly context: string;
  /** The contexts around it, the nearest first: `../` is the first. */
  readonly outer: readonly string[];
  /** Names that blocks give to values: `as |item|`. */
  readonly names: ReadonlyMap<string, string>;
}
