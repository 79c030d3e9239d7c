import { proveDomain, type Proof, type ProofProps } from './proof';
import { zoneOfTemplate } from './zone-of-template';

/**
 * What comes of leaving out each record in turn, in the order of the template's records: empty for a record that this proof does not miss.
 */
export async function consequencesOfAbsence(props: ProofProps, whole: Proof): Promise<string[]> {
  // tokens of Easy DKIM are new in each deployment, so records are told apart by their place
  const places = zoneOfTemplate(props).records.map((_, place) => place);
  const consequences: string[] = [];
  for (const absent of places) {
    try {
      const rest = await proveDomain({ ...props, publish: records => records.filter((_, place) => place !== absent) });
      consequences.push(differences(whole, rest).join(', '));
    } catch (error) {
      consequences.push((error as Error).message);
    }
  }
  return consequences;
}

function differences(whole: Proof, rest: Proof): string[] {
  const changes: string[] = [];
  for (const check of ['spf', 'dkim', 'dmarc', 'bimi'] as const) {
    if (rest[check].result !== whole[check].result) changes.push(`${check.toUpperCase()} ${rest[check].result}`);
  }
  for (const check of ['spf', 'dkim'] as const) {
    if (rest[check].aligned !== whole[check].aligned) changes.push(`${check.toUpperCase()} ${rest[check].aligned ? '' : 'not '}aligned`);
  }
  return changes;
}
