// aws-cdk-lib's own template validation costs seconds per test file; the story tests turn it on where they read its verdict
process.env.CDK_VALIDATION ??= 'false';
