import { Component } from 'projen';
import type { NodeProject } from 'projen/lib/javascript';

/**
 * Fails the build on what jsii accepts in silence: union types, callable interfaces, undocumented members, defaults left unsaid,
 * and examples in the README or in the API documentation that do not compile.
 */
export class ApiSurface extends Component {
  public constructor(project: NodeProject) {
    super(project);
    const check = project.addTask('api:check', { description: 'Check the public surface in .jsii', exec: 'tsx projenrc/check-api.ts' });
    const examples = project.addTask('api:examples', {
      description: 'Compile the examples in README.md, in docs/ and in the API documentation',
      // the examples import the package by its name, as users do
      steps: [{ exec: 'node -e "require(\'fs\').existsSync(\'node_modules/cdk-postmaster\') || require(\'fs\').symlinkSync(\'..\', \'node_modules/cdk-postmaster\')"' },
        { exec: 'jsii-rosetta extract --strict --fail --directory .' },
        { exec: 'tsx projenrc/check-docs.ts' }],
    });
    project.addGitIgnore('.jsii.tabl.json');
    project.postCompileTask.prependSpawn(examples);
    project.postCompileTask.prependSpawn(check);
  }
}
