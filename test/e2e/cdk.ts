import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ACCOUNT, type Emulator } from './emulator';
import { cleanEnvironment, run, temporaryFolder } from './process';

const CDK = resolve('node_modules/.bin/cdk');
const LIMIT_SECONDS = { bootstrap: 90, deploy: 150, destroy: 90 };

export interface CdkOptions {
  /** The command which runs the app. Default: the one in cdk.json, which is bin/app.ts. */
  readonly app?: string;
  readonly context?: Record<string, string>;
}

export interface Deployed {
  /** The outputs by stack name. */
  readonly outputs: Record<string, Record<string, string>>;
  /** The cloud assembly. */
  readonly assembly: string;
}

/** The project's own aws-cdk CLI, pointed at the emulator. It sees no credentials but the emulator's and reaches nothing but loopback. */
export class Cdk {
  /** The folder with all that it wrote: cloud assemblies, outputs, and what stood on the terminal. */
  public readonly home = temporaryFolder('cdk');
  private calls = 0;

  public constructor(private readonly emulator: Emulator, private readonly region: string) {}

  public async bootstrap() {
    // away from cdk.json: bootstrapping would run the app, which wants to know its domain
    await this.call('bootstrap', [`aws://${ACCOUNT}/${this.region}`], {}, this.home);
  }

  public async deploy(options: CdkOptions = {}): Promise<Deployed> {
    const assembly = join(this.home, `cdk.out.${++this.calls}`);
    const file = join(this.home, `outputs.${this.calls}.json`);
    await this.call('deploy', this.deployArguments(assembly, '--outputs-file', file), options);
    return { outputs: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}, assembly };
  }

  /** Deploys what must fail, and answers with what the person at the terminal reads. */
  public async deployFails(options: CdkOptions = {}) {
    const assembly = join(this.home, `cdk.out.${++this.calls}`);
    const { code, output } = await this.spawn('deploy', this.deployArguments(assembly), options);
    if (code === null) throw new Error(`cdk deploy did not end:\n${output}`);
    if (code === 0) throw new Error(`cdk deploy succeeded, but should have failed:\n${output}`);
    return output;
  }

  public async destroy(options: CdkOptions = {}) {
    await this.call('destroy', ['--all', '--force', '--output', join(this.home, `cdk.out.${++this.calls}`)], options);
  }

  private deployArguments(assembly: string, ...more: string[]) {
    return ['--all', '--require-approval', 'never', '--progress', 'events', '--output', assembly, ...more];
  }

  private async call(verb: keyof typeof LIMIT_SECONDS, args: readonly string[], options: CdkOptions, cwd?: string) {
    const { code, output } = await this.spawn(verb, args, options, cwd);
    if (code !== 0) throw new Error(`cdk ${verb} failed (${code ?? 'time limit'}):\n${output}`);
  }

  private async spawn(verb: keyof typeof LIMIT_SECONDS, args: readonly string[], options: CdkOptions, cwd?: string) {
    const context = Object.entries(options.context ?? {}).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
    const app = options.app ? ['--app', options.app] : [];
    // cdk.json bundles the handlers before each synthesis, which `npm run e2e` has done for all
    const build = ['--build', 'true'];
    const finished = await run(CDK, [verb, ...args, ...app, ...build, ...context, '--no-notices', '--no-version-reporting', '--no-color', '--ci'], {
      cwd,
      timeoutSeconds: LIMIT_SECONDS[verb],
      env: {
        ...cleanEnvironment(this.home),
        NODE_EXTRA_CA_CERTS: this.emulator.certificate,
        AWS_ENDPOINT_URL: this.emulator.endpoint,
        AWS_ACCESS_KEY_ID: ACCOUNT,
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: this.region,
        AWS_DEFAULT_REGION: this.region,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        // cdk.json may start the app with npx, which would look for a newer npm
        NPM_CONFIG_UPDATE_NOTIFIER: 'false',
      },
    });
    writeFileSync(join(this.home, `terminal.${verb}.${this.calls}.log`), finished.output);
    return finished;
  }
}
