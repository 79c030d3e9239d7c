import { cleanEnvironment, run, temporaryFolder } from './process';
import type { Venv } from './venv';

/** A commercial Region with everything, one with less, and one of another partition. */
export const REGIONS = ['us-east-1', 'eu-west-1', 'us-gov-west-1'];

/** Regions in which SES receives mail. */
export const RECEIVING_REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];

interface Match {
  readonly Filename: string;
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path?: readonly (string | number)[] };
}

export interface Lint {
  readonly errors: string[];
  readonly warnings: string[];
}

/** What cfn-lint has to say about templates in each of some Regions. */
export async function lint(tools: Venv, templates: readonly string[], regions: readonly string[]): Promise<Lint> {
  const { code, stdout, output } = await run(tools.cfnLint, ['--format', 'json', '--regions', ...regions, '--template', ...templates], {
    env: cleanEnvironment(temporaryFolder('cfn-lint')),
    timeoutSeconds: 240,
  });
  let matches: Match[];
  try {
    matches = JSON.parse(stdout || '[]');
  } catch {
    throw new Error(`cfn-lint failed (${code ?? 'time limit'}):\n${output}`);
  }
  // its exit code is a bit for each level found; one without a match is its own failure
  if (code === null || (code !== 0 && matches.length === 0)) throw new Error(`cfn-lint failed (${code ?? 'time limit'}):\n${output}`);
  const text = (match: Match) => `${match.Rule.Id} ${match.Filename.split('/').slice(-2).join('/')} ${match.Location.Path?.join('/') ?? ''}: ${match.Message}`;
  const of = (level: (name: string) => boolean) => [...new Set(matches.filter(match => level(match.Level)).map(text))];
  return { errors: of(name => name === 'Error'), warnings: of(name => name !== 'Error') };
}
