import { Component } from 'projen';
import type { NodeProject } from 'projen/lib/javascript';

/**
 * The doors of the npm package. What is not listed here cannot be imported, so it can change.
 */
export class NpmExports extends Component {
  public constructor(project: NodeProject) {
    super(project);
    project.package.addField('exports', {
      '.': { types: './lib/index.d.ts', default: './lib/index.js' },
      // for users' own functions: plain functions and types, without AWS CDK
      './runtime': { types: './lib/runtime.d.ts', default: './lib/runtime.js' },
      './package.json': './package.json',
      './.jsii': './.jsii',
    });
  }
}
