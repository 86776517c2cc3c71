import { lookup, resolveSrv } from 'node:dns/promises';
import type { Resolver } from './resolver.port.js';

/** The system's own resolver: hosts file and search domains count for addresses, as they do for every other program. */
export const systemResolver: Resolver = {
  addresses: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  services: (name) => resolveSrv(name),
};
