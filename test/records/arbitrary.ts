import * as fc from 'fast-check';

/** One label of a host name; `xn--` is left to names that are Punycode. */
export const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/).filter(text => !text.startsWith('xn--'));

/** A domain in the form that the library uses. */
export const domain = fc.tuple(fc.array(label, { minLength: 1, maxLength: 3 }), fc.stringMatching(/^[a-z]{2,6}$/)).map(([labels, top]) => [...labels, top].join('.'));

/** The owner name of a record. */
export const recordName = fc.tuple(fc.constantFrom('', '_dmarc.', '_smtp._tls.', 'k1._domainkey.'), domain).map(parts => parts.join(''));

/** A mailbox address, with characters that a URI has to escape. */
export const address = fc.tuple(fc.stringMatching(/^[a-zA-Z0-9!#$%&'*+/=?^_{|}~,;.-]{1,30}$/), domain).map(([local, host]) => `${local}@${host}`);

/** An option that is set or left out. */
export function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}
