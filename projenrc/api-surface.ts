import { Component } from 'projen';
import type { NodeProject } from 'projen/lib/javascript';

/**
 * Fails the build on what jsii accepts in silence: union types, callable interfaces, undocumented members, defaults left unsaid.
 */
export class ApiSurface extends Component {
  public constructor(project: NodeProject) {
    super(project);
    const check = project.addTask('api:check', { description: 'Check the public surface in .jsii', exec: 'tsx projenrc/check-api.ts' });
    project.postCompileTask.prependSpawn(check);
  }
}
