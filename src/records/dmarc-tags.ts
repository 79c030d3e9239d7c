import { DmarcAlignment, DmarcFailureOption, type DmarcOptions, DmarcPolicy } from './dmarc-options';
import { splitUris } from './report-uri';
import { parseVersionedTagList } from './tag-list';
import { fail } from '../private/errors';

/** What the tags of a DMARC record say. */
export interface DmarcTags extends Omit<DmarcOptions, 'reportInterval'> {
  readonly policy: DmarcPolicy;
  /** In seconds. */
  readonly reportInterval?: number;
}

/**
 * Reads the tags of a DMARC record. Values are case-insensitive but for the version; tags that nobody has defined are ignored (RFC 9989).
 */
export function readDmarcTags(text: string): DmarcTags {
  const tags = parseVersionedTagList(text, 'DMARC1', 'DMARC record');
  const wrong = (tag: string, value: string, accepted: string) => fail('Dmarc.tag',
    `the DMARC record "${text}" has ${tag}=${value}; ${tag} takes ${accepted}`);
  const oneOf = <T extends string>(tag: string, accepted: T[], value = tags.get(tag)): T | undefined => {
    const found = accepted.find(candidate => candidate === value?.toLowerCase());
    return value === undefined || found ? found : wrong(tag, value, accepted.join(', '));
  };
  const whole = (tag: string) => {
    const value = tags.get(tag);
    if (value === undefined) return undefined;
    return /^\d{1,10}$/.test(value) ? Number(value) : wrong(tag, value, 'a whole number');
  };
  const uris = (tag: string) => tags.has(tag) ? splitUris(tags.get(tag)!, `${tag} of the DMARC record`) : undefined;

  const policies = Object.values(DmarcPolicy);
  const policy = oneOf('p', policies) ?? fail('Dmarc.noPolicy', `the DMARC record "${text}" has no policy; add p=none, p=quarantine or p=reject`);
  const publicSuffix = oneOf('psd', ['y', 'n', 'u']);
  return {
    policy,
    subdomainPolicy: oneOf('sp', policies),
    nonexistentSubdomainPolicy: oneOf('np', policies),
    percentage: whole('pct'),
    testing: oneOf('t', ['y', 'n']) === 'y',
    dkimAlignment: oneOf('adkim', Object.values(DmarcAlignment)),
    spfAlignment: oneOf('aspf', Object.values(DmarcAlignment)),
    reportTo: uris('rua'),
    failureReportTo: uris('ruf'),
    failureOptions: tags.get('fo')?.split(':').map(option => oneOf('fo', Object.values(DmarcFailureOption), option.trim())!),
    reportInterval: whole('ri'),
    publicSuffix: publicSuffix && publicSuffix !== 'u' ? publicSuffix === 'y' : undefined,
  };
}
