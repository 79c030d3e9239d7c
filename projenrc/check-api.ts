/* Reads .jsii and refuses what jsii itself lets pass. Run by the build after compilation. */
import { readFileSync } from 'node:fs';

interface Docs { summary?: string; default?: string }
interface Member {
  name: string;
  docs?: Docs;
  optional?: boolean;
  type?: unknown;
  returns?: { type: unknown };
  parameters?: Member[];
  overrides?: string;
}

interface Type {
  name: string;
  kind: string;
  docs?: Docs;
  datatype?: boolean;
  properties?: Member[];
  methods?: Member[];
  members?: Member[];
}

const assembly = JSON.parse(readFileSync('.jsii', 'utf8')) as { types: Record<string, Type> };
const faults: string[] = [];
/** Words that another language keeps for itself. */
const RESERVED = new Set(['from', 'lambda', 'event', 'type', 'pass', 'import', 'default', 'global', 'is', 'not', 'none']);

for (const type of Object.values(assembly.types)) {
  const fault = (member: string, text: string) => faults.push(`${type.name}${member ? `.${member}` : ''}: ${text}`);
  if (!type.docs?.summary) fault('', 'has no documentation');
  if (type.kind === 'interface' && /^I[A-Z].*(Props|Options)$/.test(type.name)) fault('', 'is data: a struct carries no I');
  if (type.kind === 'interface' && !type.datatype && !type.properties?.length && !type.methods?.length) fault('', 'is empty: a callable interface is lost in other languages');
  for (const member of [...type.properties ?? [], ...type.methods ?? [], ...type.members ?? []]) {
    if (!member.docs?.summary && !member.overrides) fault(member.name, 'has no documentation');
    if (type.datatype && member.optional && !member.docs?.default) fault(member.name, 'is optional and says no @default');
    if (type.datatype && RESERVED.has(member.name)) fault(member.name, 'is a reserved word in another language');
    for (const used of [member.type, member.returns?.type, ...(member.parameters ?? []).map(parameter => parameter.type)]) {
      if (JSON.stringify(used ?? null).includes('"union"')) fault(member.name, 'uses a union type');
    }
  }
}

if (faults.length > 0) {
  console.error(`The public API breaks ${faults.length} house rule(s):\n  ${faults.join('\n  ')}`);
  process.exit(1);
}
console.log(`API surface: ${Object.keys(assembly.types).length} types, in order.`);
