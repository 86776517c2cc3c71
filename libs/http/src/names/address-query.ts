import { lookup as systemLookup, type Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { within } from '@slipstream/contracts';
import { candidates } from './search-list.js';
import { hostsFile, searchList } from './system-files.js';

/** Addresses of a name. */
export interface Resolution {
  /** IPv4 addresses first. Never empty. */
  addresses: readonly string[];
  /** Lifetime of the answer, by its records. */
  ttlMs: number;
}

/** Time for the second address family, after the first one has answered (RFC 8305 section 3). */
const OTHER_FAMILY_MS = 50;
/** Lifetime of answers from the hosts file and from the system. */
const LOCAL_TTL_MS = 5_000;

/**
 * Resolves a name like the system: hosts file, search domains, DNS. Queries are sent by c-ares, on sockets. The
 * system's own look-up, getaddrinfo, occupies one of very few threads while a name server does not answer. The system
 * is queried only for names that DNS does not have, one at a time, because of its other sources.
 *
 * @throws Error with `code` ENOTFOUND if there is no such name, or the code of the failed query
 */
export async function queryAddresses(name: string, dns: Resolver): Promise<Resolution> {
  const local = await localAddresses(name);
  if (local) return { addresses: local, ttlMs: LOCAL_TTL_MS };
  let failure: NodeJS.ErrnoException | undefined;
  for (const candidate of candidates(name, await searchList.read())) {
    try {
      return await queryBothFamilies(candidate, dns);
    } catch (error) {
      if (!isUnknownName(error)) failure ??= error as NodeJS.ErrnoException;
    }
  }
  if (failure) throw failure;
  return { addresses: await querySystem(name), ttlMs: LOCAL_TTL_MS };
}

/** RFC 6761 section 6.3: queries for localhost never leave the machine. */
async function localAddresses(name: string): Promise<readonly string[] | undefined> {
  const plain = name.toLowerCase().replace(/\.$/, '');
  const known = (await hostsFile.read()).get(plain);
  if (known) return [...known].sort((a, b) => isIP(a) - isIP(b));
  return plain === 'localhost' || plain.endsWith('.localhost') ? ['127.0.0.1', '::1'] : undefined;
}

async function queryBothFamilies(name: string, dns: Resolver): Promise<Resolution> {
  const [v4, v6] = [dns.resolve4(name, { ttl: true }), dns.resolve6(name, { ttl: true })];
  const first = await Promise.any([v4.then(() => v4), v6.then(() => v6)]).catch(() => undefined);
  if (!first) throw worstOf(await Promise.allSettled([v4, v6]));
  const other = first.length > 0 ? await settledWithin([v4, v6], OTHER_FAMILY_MS) : await settledWithin([v4, v6]);
  const records = other.flat();
  return { addresses: records.map(({ address }) => address), ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1000 };
}

/**
 * The results that have arrived after `withinMs`, in the order of the promises; without a limit, the results of all.
 */
async function settledWithin<T>(promises: readonly Promise<T[]>[], withinMs?: number): Promise<T[][]> {
  const results = promises.map((): T[] => []);
  const all = Promise.allSettled(
    promises.map((promise, index) => promise.then((found) => (results[index] = found))),
  ).then(() => results);
  return withinMs === undefined ? all : within(all, withinMs, () => results);
}

/** A failed query outweighs an answer that the name does not exist. */
function worstOf(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  return reasons.find((reason) => !isUnknownName(reason)) ?? reasons[0];
}

const isUnknownName = (error: unknown): boolean =>
  ['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '');

let systemQuery: Promise<unknown> | undefined;

/** One at a time, so that names that hang here do not occupy all threads. */
async function querySystem(name: string): Promise<readonly string[]> {
  if (systemQuery) throw Object.assign(new Error(`${name} is not in DNS`), { code: 'ENOTFOUND' });
  const query = systemLookup(name, { all: true });
  systemQuery = query.catch(() => {}).then(() => (systemQuery = undefined));
  return (await query).map(({ address }) => address);
}
