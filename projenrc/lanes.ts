import { Component } from 'projen';
import type { NodeProject } from 'projen/lib/javascript';

/**
 * The lanes of proof beyond `npm test`, and the checks that every build runs.
 */
export class Lanes extends Component {
  public constructor(project: NodeProject) {
    super(project);
    project.addTask('demo', { description: 'Synthesize a mail domain and prove that it authenticates, without an AWS account', exec: 'tsx bin/demo.ts' });
    project.addTask('e2e', { description: 'Deploy to a local AWS emulator, assert, destroy', exec: 'tsx test/e2e/run.ts', receiveArgs: true });
    project.addTask('bench', { description: 'Measure against aws-cdk-lib L2s and hand-written L1s', exec: 'tsx bench/run.ts', receiveArgs: true });
    project.addTask('test:latest', { description: 'Run the tests on the newest aws-cdk-lib', exec: 'tsx projenrc/test-latest.ts' });
    const types = project.addTask('typecheck', { description: 'Type-check tests, examples, bench and bin', exec: 'tsc --noEmit -p tsconfig.dev.json' });
    project.testTask.prependSpawn(types);
  }
}
