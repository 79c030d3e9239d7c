import { Component, JsonFile } from 'projen';
import type { TypeScriptProject } from 'projen/lib/typescript';

/**
 * The lanes of proof beyond `npm test`, and the checks that every build runs.
 */
export class Lanes extends Component {
  public constructor(project: TypeScriptProject) {
    super(project);
    project.addTask('demo', { description: 'Synthesize a mail domain and prove that it authenticates, without an AWS account', exec: 'tsx bin/demo.ts', receiveArgs: true });
    project.addTask('postmaster', { description: 'Run the postmaster command from its sources', exec: 'tsx src/cli/main.ts', receiveArgs: true });
    const e2e = project.addTask('e2e', { description: 'Deploy to a local AWS emulator, assert, destroy', exec: 'tsx test/e2e/run.ts', receiveArgs: true });
    const bench = project.addTask('bench', { description: 'Measure against aws-cdk-lib L2s and hand-written L1s', exec: 'tsx bench/run.ts', receiveArgs: true });
    const latest = project.addTask('test:latest', { description: 'Run the tests on the newest aws-cdk-lib', exec: 'tsx projenrc/test-latest.ts', receiveArgs: true });
    project.compileTask.exec('tsx projenrc/lazy-index.ts');
    project.packageTask.exec('tsx projenrc/check-package.ts');
    const types = project.addTask('typecheck', { description: 'Type-check tests, examples, bench and bin', exec: 'tsc --noEmit -p test/tsconfig.json' });
    for (const folder of ['bin', 'bench', 'examples']) {
      project.tsconfigDev.addInclude(`../${folder}/**/*.ts`);
      // editors and the linter look for the nearest tsconfig.json
      new JsonFile(project, `${folder}/tsconfig.json`, { obj: { extends: '../test/tsconfig.json', include: ['**/*.ts'] } });
    }
    project.testTask.prependSpawn(types);
    // the handlers are assets, which git does not keep: a fresh clone has to make them before anything is synthesized
    for (const lane of [project.testTask, latest, e2e, bench]) lane.prependSpawn(project.tasks.tryFind('bundle')!);
    for (const lane of ['e2e', 'test:latest']) {
      project.buildWorkflow?.addPostBuildJobCommands(lane.replace(':', '-'), [`npm run ${lane}`], { checkoutRepo: true, installDeps: true });
    }
  }
}
