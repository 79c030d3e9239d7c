import { Component } from 'projen';
import type { TypeScriptProject } from 'projen/lib/typescript';

/**
 * The chapters of src/, from the ground up. A chapter imports from itself and from the floors below it; those on one line are neighbours.
 */
export const FLOORS: string[][] = [
  ['private', 'ses'],
  ['records'],
  ['inbox'],
  ['receipt'],
  ['dns'],
  ['delegation'],
  ['identity'],
  ['proof'],
  ['events'],
  ['notifications'],
  ['recipients'],
  ['sending'],
  ['templates'],
  ['reputation'],
  ['guard'],
  ['monitoring'],
  ['imports'],
  ['smtp'],
  ['actions'],
  ['mailboxes'],
  ['gates', 'forwarding'],
  ['receiving', 'account'],
  ['checks'],
  ['cli'],
];

/** Chapters whose files load neither aws-cdk-lib nor an SDK, so that a construct, a handler and a command can share one rule. */
const PURE = ['ses', 'records', 'inbox', 'receipt'];

/**
 * Lint rules which keep the house in order: imports go down only, handlers know no CDK, constructs know no SDK.
 */
export class Floors extends Component {
  public constructor(project: TypeScriptProject) {
    super(project);
    const eslint = project.eslint!;
    eslint.addRules({
      'import/no-restricted-paths': ['error', { zones: this.zones() }],
      'import/no-cycle': ['error'],
    });
    eslint.addOverride({ files: ['src/**/!(*.lambda|*.lambda-shared).ts'], rules: { '@typescript-eslint/no-restricted-imports': noImport('@aws-sdk/*', 'only handlers talk to AWS') } });
    eslint.addOverride({ files: ['src/**/*.lambda.ts', 'src/**/*.lambda-shared.ts'], rules: { '@typescript-eslint/no-restricted-imports': noImport('aws-cdk-lib*', 'a handler carries no CDK') } });
    eslint.addOverride({ files: PURE.map(chapter => `src/${chapter}/**/*.ts`), rules: { '@typescript-eslint/no-restricted-imports': noImport('aws-cdk-lib*', 'a pure chapter is shared with handlers', true) } });
    eslint.allowDevDeps('src/**/*.lambda.ts');
    eslint.allowDevDeps('src/**/*.lambda-shared.ts');
  }

  private zones() {
    return FLOORS.flatMap((floor, level) => floor.map(chapter => ({
      target: `./src/${chapter}`,
      from: FLOORS.slice(level + 1).flat().map(above => `./src/${above}`),
      message: `imports go down only: ${FLOORS.map(names => names.join('/')).join(' < ')}`,
    }))).filter(zone => zone.from.length > 0);
  }
}

function noImport(group: string, message: string, allowTypeImports = false) {
  return ['error', { patterns: [{ group: [group, group.replace(/\*$/, '/**')], message, allowTypeImports }] }];
}
