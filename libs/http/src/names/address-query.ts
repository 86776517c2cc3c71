import { lookup as systemLookup, type Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { within } from '@slipstream/contracts';
import { candidates } from './search-list.js';
import { hostsFile, searchList } from './system-files.js';

/** What a name resolves to. */
export interface Resolution {
  /** IPv4 addresses first. Never empty. */
  addresses: readonly string[];
  /** How long the answer holds, by its records. */
  ttlMs: number;
}

/** Once one address family has answered, the other one gets this long (RFC 8305 section 3). */
const OTHER_FAMILY_MS = 50;
/** What the hosts file and the system say holds for this long. */
const LOCAL_TTL_MS = 5_000;

/**
 * Resolves a name as the system would: hosts file, search domains, DNS. Queries are sent by c-ares, on sockets:
 * getaddrinfo, which the system's own look-up uses, occupies one of very few threads for as long as a name server is
 * silent. Only a name that DNS does not know is looked up by the system, one at a time, for its other sources.
 *
 * @throws Error with `code` ENOTFOUND when there is no such name, or the code of the failed query
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

/** RFC 6761 section 6.3: localhost never leaves the machine. */
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

/** The results that are there after `withinMs`, in the order of the promises; without a limit, those of all. */
async function settledWithin<T>(promises: readonly Promise<T[]>[], withinMs?: number): Promise<T[][]> {
  const results = promises.map((): T[] => []);
  const all = Promise.allSettled(
    promises.map((promise, index) => promise.then((found) => (results[index] = found))),
  ).then(() => results);
  return withinMs === undefined ? all : within(all, withinMs, () => results);
}

/** A failure that says nothing of the name outweighs one that says that it does not exist. */
function worstOf(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  return reasons.find((reason) => !isUnknownName(reason)) ?? reasons[0];
}

const isUnknownName = (error: unknown): boolean =>
  ['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '');

let systemQuery: Promise<unknown> | undefined;

/** One at a time, so that names which hang here leave threads to everything else. */
async function querySystem(name: string): Promise<readonly string[]> {
  if (systemQuery) throw Object.assign(new Error(`${name} is not in DNS`), { code: 'ENOTFOUND' });
  const query = systemLookup(name, { all: true });
  systemQuery = query.catch(() => {}).then(() => (systemQuery = undefined));
  return (await query).map(({ address }) => address);
}
