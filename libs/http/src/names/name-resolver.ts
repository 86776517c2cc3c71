import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { within } from '@slipstream/contracts';
import { queryAddresses, type Resolution } from './address-query.js';

/** Options of {@link NameResolver}. */
export interface NameResolverOptions {
  /** `address:port` of each name server. Default: those of the system. */
  servers?: readonly string[];
  /** Longest look-up of one name, in ms. Default 5000. */
  timeoutMs?: number;
  /** Time that a look-up for a connection waits before the last good addresses are used, in ms. Default 500. */
  staleAfterMs?: number;
}

interface Entry {
  /** The last good answer. */
  known?: readonly string[];
  freshUntilMs: number;
  pending?: Promise<Resolution>;
}

const QUERY = { timeout: 2_000, tries: 2 };
/** Records of 0 s would cost a query for each connection. Very long-lived ones would delay a change by hours. */
const [MIN_TTL_MS, MAX_TTL_MS] = [1_000, 30_000];
/** Users choose names too, such as those of webhooks. */
const MAX_NAMES = 1_000;
const MAX_PENDING = 256;

/**
 * Resolves names with a deadline, each name once at a time. While the name servers fail, the last good addresses are
 * kept.
 */
export class NameResolver {
  private readonly dns: Resolver;
  private readonly entries = new Map<string, Entry>();
  private pending = 0;

  constructor(private readonly options: NameResolverOptions = {}) {
    this.dns = new Resolver(QUERY);
    if (options.servers) this.dns.setServers([...options.servers]);
  }

  /**
   * Sends a query now, even if addresses are known.
   *
   * @throws Error with a `code`: ENOTFOUND, ETIMEOUT, EAGAIN if too many look-ups are running, or the code of the query
   */
  async resolve(name: string): Promise<readonly string[]> {
    if (isIP(name) !== 0) return [name];
    return (await this.query(name)).addresses;
  }

  /**
   * For the `lookup` option of sockets. Returns fresh addresses at once, and the last good ones if the name servers
   * fail.
   */
  readonly lookup: LookupFunction = (hostname, { all, family }, callback) => {
    this.forConnection(hostname).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) })).filter(isOf(family));
        if (found.length === 0)
          return callback(failure('ENOTFOUND', `${hostname} has no address of that family`), '', 0);
        if (all) callback(null, found);
        else callback(null, found[0]!.address, found[0]!.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };

  private async forConnection(name: string): Promise<readonly string[]> {
    const entry = this.entries.get(name);
    if (!entry?.known) return this.resolve(name);
    if (performance.now() < entry.freshUntilMs) return entry.known;
    const { known } = entry;
    const answer = this.query(name).then(
      ({ addresses }) => addresses,
      () => known,
    );
    return within(answer, this.options.staleAfterMs ?? 500, () => known);
  }

  private query(name: string): Promise<Resolution> {
    const entry = this.entryOf(name);
    if (entry.pending) return entry.pending;
    if (this.pending >= MAX_PENDING)
      return Promise.reject(
        failure('EAGAIN', `${this.pending} name look-ups are running, which is the limit; ${name} was not resolved`),
      );
    this.pending += 1;
    entry.pending = this.queryWithin(name).then((resolution) => {
      entry.known = resolution.addresses;
      entry.freshUntilMs = performance.now() + Math.min(MAX_TTL_MS, Math.max(MIN_TTL_MS, resolution.ttlMs));
      return resolution;
    });
    void entry.pending
      .catch(() => {})
      .then(() => {
        this.pending -= 1;
        entry.pending = undefined;
      });
    return entry.pending;
  }

  private queryWithin(name: string): Promise<Resolution> {
    const timeoutMs = this.options.timeoutMs ?? 5_000;
    return within(queryAddresses(name, this.dns), timeoutMs, () => {
      throw failure('ETIMEOUT', `the name servers did not answer for ${name} within ${timeoutMs} ms`);
    });
  }

  private entryOf(name: string): Entry {
    let entry = this.entries.get(name);
    if (entry) return entry;
    if (this.entries.size >= MAX_NAMES) this.entries.delete(this.entries.keys().next().value as string);
    this.entries.set(name, (entry = { freshUntilMs: 0 }));
    return entry;
  }
}

/** The resolver of this process, shared so that each name is resolved once for all connections. */
export const nameResolver = new NameResolver();

const isOf =
  (family: number | string | undefined) =>
  (address: LookupAddress): boolean =>
    !family || address.family === (typeof family === 'string' ? Number(family.slice('IPv'.length)) : family);

const failure = (code: string, message: string): NodeJS.ErrnoException => Object.assign(new Error(message), { code });
