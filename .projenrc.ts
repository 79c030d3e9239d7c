import { awscdk, javascript, typescript } from 'projen';
import { ApiSurface, Floors, Lanes, NpmExports } from './projenrc';

// The SDK goes into the bundle, so a handler runs the SDK that its tests ran. Its ES modules come first: only they can be tree-shaken.
// What the SDK loads only where there is no role of Lambda: profiles, single sign-on and the like.
const UNREACHED = ['ini', 'sso', 'process', 'web-identity', 'login'].map(name => `@aws-sdk/credential-provider-${name}`).concat('@smithy/credential-provider-imds');
const HANDLER_BUNDLE: javascript.AddBundleOptions = { platform: 'node', target: 'node24', externals: UNREACHED, sourcemap: false, minify: true, mainFields: ['module', 'main'] };

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-postmaster',
  description: 'Amazon SES as AWS CDK constructs: domains that authenticate, mail that is watched.',
  author: 'The cdk-postmaster authors',
  authorAddress: 'cdk-postmaster@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-postmaster/cdk-postmaster.git',
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk-postmaster authors',
  keywords: ['ses', 'email', 'dkim', 'spf', 'dmarc', 'bimi', 'mail', 'deliverability'],
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenVersion: '~0.103.25',
  projenrcTs: true,
  runner: typescript.TypeScriptRunner.tsx(),

  // 2.257 is the first minor that cdk-nag 3 accepts and that has `Validations`. Tests run on it; `npm run test:latest` runs them on the newest.
  cdkVersion: '2.257.0',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3',
  minNodeVersion: '20.19.0',
  workflowNodeVersion: '24',
  peerDeps: ['cdk-nag@^3.0.2'],
  bundledDeps: [
    'tldts@^7.5.5', // the public suffix list (which names share an owner) changes weekly; tldts follows it, has no dependency and loads on first use
    'handlebars@^4.7.10', // the language of SES's templates, read as SES reads it; loads on first use
  ],
  devDeps: [
    'aws-cdk@^2.1148.1', // the registry's `latest` is 3.0.0, an accidental release
    'cdk-nag@^3.0.2',
    'tsx@^4.23.15',
    'fast-check@^4.10.2',
    'dns-packet@^5.6.1',
    '@types/dns-packet@^5.6.5',
    'mailauth@~4.13.3', // 7.x needs Node 22
    // bundled into the handlers by esbuild
    '@aws-sdk/client-cloudwatch@^3.1164.0',
    '@aws-sdk/client-dynamodb@^3.1164.0',
    '@aws-sdk/client-eventbridge@^3.1169.0',
    '@aws-sdk/client-iam@^3.1169.0',
    '@aws-sdk/client-route-53@^3.1169.0',
    '@aws-sdk/client-s3@^3.1169.0',
    '@aws-sdk/client-secrets-manager@^3.1164.0',
    '@aws-sdk/client-ses@^3.1169.0', // receiving exists in the first version of the API only
    '@aws-sdk/client-sesv2@^3.1169.0',
    '@aws-sdk/client-sns@^3.1169.0',
    '@aws-sdk/client-sts@^3.1169.0',
    'csv-parse@^7.0.3', // reads lists in CSV: quotes, blanks and line ends as spreadsheets write them; no dependency
    'postal-mime@^4.0.0', // reads what a message consists of
    // the end-to-end lane asserts through the SDK
    '@aws-sdk/client-cloudformation@^3.1169.0',
    '@aws-sdk/client-firehose@^3.1169.0',
    '@aws-sdk/client-kms@^3.1164.0',
    '@aws-sdk/client-sqs@^3.1169.0',
    // evaluates policies as IAM does, with AWS's own service tables; used in tests only
    '@cloud-copilot/iam-simulate@^0.1.173',
    '@types/aws-lambda@^8.10.150',
    // real mail clients and servers for tests
    'nodemailer@^10.6.0',
    '@types/nodemailer@^8.0.2',
    'smtp-server@^3.21.6',
    '@types/smtp-server@^3.5.13',
  ],

  lambdaOptions: {
    runtime: awscdk.LambdaRuntime.NODEJS_24_X,
    awsSdkConnectionReuse: false,
    bundlingOptions: HANDLER_BUNDLE,
  },
  bin: { postmaster: 'bin/postmaster' },
  integrationTestAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  sampleCode: false,
  docgen: true,

  publishToPypi: { distName: 'cdk-postmaster', module: 'cdk_postmaster', trustedPublishing: true },
  publishToMaven: {
    javaPackage: 'io.github.cdkpostmaster.cdkpostmaster',
    mavenGroupId: 'io.github.cdkpostmaster',
    mavenArtifactId: 'cdk-postmaster',
    mavenServerId: 'central-ossrh',
  },
  publishToNuget: { dotNetNamespace: 'CdkPostmaster', packageId: 'CdkPostmaster', trustedPublishing: true },
  publishToGo: { moduleName: 'github.com/cdk-postmaster/cdk-postmaster-go' },
  npmTrustedPublishing: true,
  depsUpgradeOptions: { cooldown: 5 },

  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      // it more than doubles the time; `npm test -- --coverage` has it
      collectCoverage: false,
      // all cores: by default jest leaves one of two idle
      maxWorkers: '100%',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      setupFiles: ['<rootDir>/test/support/setup.ts'],
    },
  },
  tsJestOptions: { transformOptions: { isolatedModules: true } },
  eslintOptions: { dirs: ['src'], devdirs: ['test', 'bin', 'bench', 'examples', 'projenrc'] },
  gitignore: ['cdk.out/', '.venv/', '.tmp/', '*.tgz', '.DS_Store', '__pycache__/'],
});

// 1.13 names platform packages that are not published everywhere, and `npm ci` then refuses the lock file; it is only the linter's import resolver
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// jsii prints a notice about Node 20 on each run; the build output should be ours
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

// what is published: lib, assets, .jsii, API.md and the command; the rest is for whoever works on the library
for (const path of ['/.tmp', '/bench', '/bin/app.ts', '/bin/demo.ts', '/bin/tsconfig.json', '/cdk.json', '/examples', '/projenrc', '/test', '/.ci', '/docs', '/cdk.out', '/CONTRIBUTING.md', '/rosetta']) {
  project.addPackageIgnore(path);
}

new Floors(project);
new NpmExports(project);
new ApiSurface(project);
new Lanes(project);

project.synth();
