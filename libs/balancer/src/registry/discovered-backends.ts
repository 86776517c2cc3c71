import { isIPv6 } from 'node:net';
import type { BackendOptions } from '../backend.js';
import type { BackendUrl } from './backend-url.js';
import type { Resolver } from './resolver.port.js';

/** Resolves a name to backends. @throws the error of the resolver, or an error if it finds nothing */
export async function discover(
  target: BackendUrl,
  entry: BackendOptions,
  resolver: Resolver,
): Promise<readonly BackendOptions[]> {
  const found =
    target.discovery === 'services'
      ? await ofServices(target, entry, resolver)
      : await ofAddresses(target, entry, resolver);
  if (found.length === 0) throw new Error('the name has no records');
  return found.sort((a, b) => (a.url < b.url ? -1 : 1));
}

async function ofAddresses(
  { protocol, hostname, port }: BackendUrl,
  entry: BackendOptions,
  resolver: Resolver,
): Promise<BackendOptions[]> {
  const addresses = await resolver.addresses(hostname);
  const urls = addresses.map((address) => originOf(protocol, isIPv6(address) ? `[${address}]` : address, port));
  return [...new Set(urls)].map((url) => ({ ...entry, url, serverName: hostname }));
}

/** The weight of a record divides the weight of the entry. The priority of a record orders within that of the entry. */
async function ofServices(
  { protocol, hostname }: BackendUrl,
  entry: BackendOptions,
  resolver: Resolver,
): Promise<BackendOptions[]> {
  const records = await resolver.services(hostname);
  const lowest = Math.min(...records.map(({ priority }) => priority));
  const byUrl = new Map(
    records.map(({ name, port, priority, weight }) => {
      const url = originOf(protocol, name.replace(/\.$/, ''), String(port));
      return [
        url,
        {
          ...entry,
          url,
          weight: (entry.weight ?? 1) * Math.max(1, weight),
          priority: (entry.priority ?? 0) + priority - lowest,
        },
      ];
    }),
  );
  return [...byUrl.values()];
}

/** Built with URL, which omits the default port of a protocol. */
const originOf = (protocol: string, host: string, port: string | undefined): string =>
  new URL(`${protocol}//${host}${port ? `:${port}` : ''}`).origin;
