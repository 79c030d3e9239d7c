/**
 * Whether a text holds a value that only a deployment knows (aws-cdk-lib encodes those in this form).
 * The pure chapters ask here, since they do not load aws-cdk-lib.
 */
export function hasToken(text: string): boolean {
  return /\$\{Token\[[^\]]*\]\}/.test(text);
}
