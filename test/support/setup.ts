// aws-cdk-lib's own template validation costs seconds per test file; the story tests turn it on where they read its verdict
process.env.CDK_VALIDATION ??= 'false';
// a deprecated API of aws-cdk-lib is a failure here, before it is one at a user's
process.env.JSII_DEPRECATED ??= 'fail';
