/* `npm run e2e [scenario ...]`: plays the scenarios, each on a fresh emulator. See README.md. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Aws } from './aws';
import { Cdk } from './cdk';
import { Report, seconds, StepFailed } from './check';
import { startEmulator } from './emulator';
import { expectNoLeak } from './leaks';
import { cleanUpOnExit } from './process';
import type { Scenario } from './scenario';
import { venv, type Venv } from './venv';

const SCENARIOS = resolve('test/e2e/scenarios');

async function main(wanted: readonly string[]) {
  const known = readdirSync(SCENARIOS).filter(file => file.endsWith('.ts')).map(file => file.replace(/\.ts$/, '')).sort();
  const unknown = wanted.filter(name => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No scenario ${unknown.join(', ')}. There are: ${known.join(', ')}`);

  const begun = Date.now();
  const report = new Report();
  const tools = await report.step('Python tools', venv);
  for (const name of known.filter(each => wanted.length === 0 || wanted.includes(each))) {
    await play(name, report, tools);
  }
  console.log(`\n${seconds(begun)}\n${report.passed} passed, ${report.failed} failed`);
  return report.failed === 0 ? 0 : 1;
}

async function play(name: string, report: Report, tools: Venv) {
  const begun = Date.now();
  let log = () => '';
  let stop = () => {};
  const failedBefore = report.failed;
  try {
    const { scenario } = await import(resolve(SCENARIOS, `${name}.ts`)) as { scenario: Scenario };
    const region = scenario.region ?? 'us-east-1';
    report.heading(`${name}: ${scenario.title}`);
    // a failed update can leave a stack that refuses its removal, so no scenario inherits an emulator
    const emulator = await startEmulator(tools.python, region);
    ({ log, stop } = emulator);
    const aws = new Aws(emulator, region);
    const cdk = new Cdk(emulator, region);
    await scenario.play({ report, venv: tools, emulator, region, aws, cdk });
    if (!scenario.plantsSecrets) await expectNoLeak(report, emulator, cdk);
  } catch (error) {
    if (!(error instanceof StepFailed)) report.fail(name, error);
  } finally {
    stop();
  }
  if (report.failed > failedBefore && log()) report.note(`The emulator's last lines:\n${log().split('\n').slice(-40).join('\n')}`);
  report.note(`${name} took ${seconds(begun)}`);
}

cleanUpOnExit();
// the SDK's advice on the Node version of whoever runs this is not news about the library
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
void main(process.argv.slice(2))
  .catch(error => {
    // a failed step has been reported already
    if (!(error instanceof StepFailed)) console.error(error);
    return 1;
  })
  .then(code => process.exit(code));
