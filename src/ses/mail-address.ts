/** An address as SES takes it: ASCII, words with dots between them before the @, and a domain with a dot. */
const ADDRESS = /^(?=[^@]{1,64}@[^@]{1,253}$)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Whether SES takes an address of a recipient. */
export function isMailAddress(text: string): boolean {
  return ADDRESS.test(text);
}
