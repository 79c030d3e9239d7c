import * as fc from 'fast-check';

/* Few domains and mailboxes, so that what is made of them meets. */

export const DOMAINS = ['example.com', 'a.example.com', 'b.a.example.com', 'b.example.com', 'example.org', 'evil-example.com'];
export const ADDRESSES = ['user', 'support', 'user+tag', 'user+tag+more', 'support+tag', 'User'].flatMap(local => DOMAINS.map(domain => `${local}@${domain}`));
export const CONDITIONS = [...ADDRESSES, ...DOMAINS, ...DOMAINS.map(domain => `.${domain}`)];

/** An envelope recipient. */
export const address = fc.constantFrom(...ADDRESSES);

/** A recipient condition of any kind. */
export const condition = fc.oneof(address, fc.constantFrom(...DOMAINS), fc.constantFrom(...DOMAINS.map(domain => `.${domain}`)));
