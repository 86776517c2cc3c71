import { Resolver as DnsResolver } from 'node:dns/promises';
import { nameResolver } from '@slipstream/http';
import type { Resolver } from './resolver.port.js';

const services = new DnsResolver({ timeout: 2_000, tries: 2 });

/** Hosts file and search domains apply to addresses, as for every other program. No query occupies a thread. */
export const systemResolver: Resolver = {
  addresses: (name) => nameResolver.resolve(name),
  services: (name) => services.resolveSrv(name),
};
