/** Domains at which anybody can have a mailbox, so nobody but their owner can verify them. */
const PROVIDERS = new Set([
  'aol.com', 'comcast.net', 'fastmail.com', 'free.fr', 'gmail.com', 'gmx.com', 'gmx.de', 'gmx.net', 'googlemail.com', 'hey.com', 'hotmail.co.uk',
  'hotmail.com', 'hotmail.de', 'hotmail.fr', 'hotmail.it', 'icloud.com', 'laposte.net', 'libero.it', 'live.com', 'mac.com', 'mail.com', 'mail.ru',
  'me.com', 'msn.com', 'naver.com', 'orange.fr', 'outlook.com', 'outlook.de', 'outlook.fr', 'proton.me', 'protonmail.com', 'qq.com', 't-online.de',
  'tutanota.com', 'verizon.net', 'wanadoo.fr', 'web.de', 'yahoo.co.jp', 'yahoo.co.uk', 'yahoo.com', 'yahoo.de', 'yahoo.fr', 'yandex.com', 'yandex.ru',
  'ymail.com', 'zoho.com', '126.com', '163.com',
]);

/**
 * Whether a domain belongs to a public mailbox provider.
 */
export function isFreeMail(domain: string): boolean {
  return PROVIDERS.has(domain);
}
