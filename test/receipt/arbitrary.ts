import * as fc from 'fast-check';

/* Few domains and mailboxes, so that what is made of them meets. */

export const domain = fc.constantFrom('example.com', 'a.example.com', 'b.a.example.com', 'b.example.com', 'example.org', 'evil-example.com');
const local = fc.constantFrom('user', 'support', 'user+tag', 'user+tag+more', 'support+tag', 'User');

/** An envelope recipient. */
export const address = fc.tuple(local, domain).map(([mailbox, host]) => `${mailbox}@${host}`);

/** A recipient condition of any kind. */
export const condition = fc.oneof(address, domain, domain.map(host => `.${host}`));
