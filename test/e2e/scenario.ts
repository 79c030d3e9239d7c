import type { Aws } from './aws';
import type { Cdk } from './cdk';
import type { Report } from './check';
import type { Emulator } from './emulator';
import type { Venv } from './venv';

/** What a scenario plays on. */
export interface Stage {
  readonly report: Report;
  readonly venv: Venv;
  readonly emulator: Emulator;
  readonly region: string;
  /** The account which the app is deployed to. */
  readonly aws: Aws;
  readonly cdk: Cdk;
}

/** One story, told to a fresh emulator. Each file in scenarios/ exports one as `scenario`. */
export interface Scenario {
  /** What it proves, in a sentence. */
  readonly title: string;
  /** The Region it deploys to. Default: us-east-1. */
  readonly region?: string;
  /** Whether it lets secrets out itself, so that nobody looks for them when it is over. */
  readonly plantsSecrets?: boolean;
  readonly play: (stage: Stage) => Promise<void>;
}
