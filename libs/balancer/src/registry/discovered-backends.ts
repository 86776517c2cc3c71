import { isIPv6 } from 'node:net';
import type { BackendOptions } from '../backend.js';
import type { BackendUrl } from './backend-url.js';
import type { Resolver } from './resolver.port.js';

/** What a name stands for, as backends. @throws what the resolver throws, or when it finds nothing */
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

/** A record's weight counts within the entry's; its priority comes after the entry's. */
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

/** Through URL, which leaves a protocol's own port out. */
const originOf = (protocol: string, host: string, port: string | undefined): string =>
  new URL(`${protocol}//${host}${port ? `:${port}` : ''}`).origin;
