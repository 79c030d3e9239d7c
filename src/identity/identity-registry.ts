import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { fail } from '../private/errors';
import { PerApp } from '../private/per-app';
import type { Dmarc } from '../records';

/** What the app says of one domain identity. */
export interface RegisteredDomain {
  readonly scope: Construct;
  readonly dmarc: Dmarc;
  readonly mailFrom?: string;
}

/** An address identity which stands on its own, beside a domain identity that may be declared before or after it. */
interface RegisteredAddress {
  readonly scope: Construct;
  readonly onOverride: (domain: string) => void;
}

interface Registry {
  readonly domains: Map<string, RegisteredDomain>;
  readonly mailFroms: Map<string, Construct>;
  readonly addressesBelow: Map<string, RegisteredAddress[]>;
}

/** The identities of an app, so that those of one account and Region which touch each other are seen together. */
const registries = new PerApp<Map<string, Registry>>(() => new Map());

/**
 * Enters a domain, and tells the addresses below it that they override its settings. Refuses a MAIL FROM domain which also sends.
 */
export function registerDomain(domain: string, entry: RegisteredDomain): void {
  const registry = registryOf(entry.scope);
  registry.domains.set(domain, entry);
  if (entry.mailFrom) registry.mailFroms.set(entry.mailFrom, entry.scope);
  const clash = [domain, entry.mailFrom].find(name => name && registry.domains.has(name) && registry.mailFroms.has(name));
  if (clash) {
    fail('MailFrom.sends', `"${clash}" is the MAIL FROM domain of ${registry.mailFroms.get(clash)!.node.path} and an identity of its own ` +
      `(${registry.domains.get(clash)!.scope.node.path}); a MAIL FROM domain is used for nothing else, so take another name for one of them`, entry.scope);
  }
  registry.addressesBelow.get(domain)?.forEach(address => address.onOverride(domain));
}

/**
 * Enters an address; `onOverride` is called once for each domain identity of the app that it lies below.
 */
export function registerAddress(address: string, entry: RegisteredAddress): void {
  const registry = registryOf(entry.scope);
  for (const domain of domainsAbove(address.slice(address.lastIndexOf('@') + 1).toLowerCase())) {
    if (registry.domains.has(domain)) entry.onOverride(domain);
    registry.addressesBelow.set(domain, [...registry.addressesBelow.get(domain) ?? [], entry]);
  }
}

/**
 * The nearest domain identity of the app, in the same account and Region, that lies above a domain.
 */
export function parentOf(scope: Construct, domain: string): RegisteredDomain | undefined {
  const { domains } = registryOf(scope);
  return domainsAbove(domain).slice(1).map(parent => domains.get(parent)).find(parent => parent !== undefined);
}

/**
 * The domain identity of the app, in the same account and Region, that has this name.
 */
export function domainNamed(scope: Construct, name: string): Construct | undefined {
  return registryOf(scope).domains.get(name)?.scope;
}

/**
 * The domain identity of the app, in the same account and Region, whose MAIL FROM domain has this name.
 */
export function mailFromNamed(scope: Construct, name: string): Construct | undefined {
  return registryOf(scope).mailFroms.get(name);
}

function registryOf(scope: Construct): Registry {
  const environments = registries.of(scope);
  const { environment } = Stack.of(scope);
  let registry = environments.get(environment);
  if (!registry) environments.set(environment, registry = { domains: new Map(), mailFroms: new Map(), addressesBelow: new Map() });
  return registry;
}

/** The domain itself and its parents: `a.example.com`, `example.com`, `com`. */
function domainsAbove(domain: string): string[] {
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}
