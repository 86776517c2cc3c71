import type { CacheOutcome } from './cache-observer.port.js';
import { BodyBudget } from './coalescing/body-budget.js';
import type { CacheClient } from './coalescing/cache-client.port.js';
import { fieldsOf, RawFields } from './fields/fields.js';
import { HeldBodies } from './coalescing/held-bodies.js';
import type { WaitingClient } from './coalescing/subscriber.js';
import { sendAnswer } from './coalescing/send-answer.js';
import { OriginFetches } from './origin-fetches.js';
import { answerFrom, gatewayTimeout } from './policy/answer.js';
import { bypassReason } from './policy/bypass.js';
import { isPersonal, isSafe, ReadRequest, type CacheRequest } from './policy/cache-request.js';
import { cacheStatusLine, type ForwardReason } from './policy/cache-status.js';
import { invalidatedUrls } from './policy/invalidation.js';
import { isMistyped, MISTYPED, unstorable } from './policy/mistyped.js';
import { mayServeStaleIfError, reuseOf, wantsOrigin, type Reuse } from './policy/reuse.js';
import type { StoredResponse } from './policy/stored-response.js';
import { PurgeAnnouncements } from './purge/purge-announcements.js';
import { normalisedScope, type PurgeScope } from './purge/purge-scope.js';
import { PurgeWatch } from './purge/purge-watch.js';
import { withDefaults, type ResponseCacheOptions } from './response-cache.options.js';
import { find, type Found } from './store/answer-lookup.js';
import { MemoryResponseStore } from './store/memory.response-store.js';
import { TieredResponseStore } from './store/tiered.response-store.js';

/** Current contents of a cache. */
export interface CacheUsage {
  /** In memory. */
  readonly entries: number;
  readonly bytes: number;
  /** Running fetches that further requests can join. */
  readonly coalescedFetches: number;
  /** Bytes of bodies that are being stored, and of dropped ones that slow clients still read. */
  readonly bufferedBytes: number;
}

/**
 * A shared HTTP cache (RFC 9111) for a proxy. It decides, stores and answers; the proxy connects to the origin. No
 * lifetime is guessed. Answers to requests with credentials are stored only if the origin, or a rule, makes them
 * public.
 */
export class ResponseCache {
  private readonly options: ReturnType<typeof withDefaults>;
  private readonly held: HeldBodies;
  private readonly memory: MemoryResponseStore;
  private readonly store: TieredResponseStore;
  private readonly fetches: OriginFetches;
  private readonly announcements: PurgeAnnouncements | undefined;
  private readonly stopListening: (() => void) | undefined;

  constructor(options: ResponseCacheOptions = {}) {
    this.options = withDefaults(options);
    const watch = new PurgeWatch();
    const budget = new BodyBudget(this.options.maxBufferedBytes);
    this.held = new HeldBodies(budget);
    this.memory = new MemoryResponseStore({
      ...this.options,
      bodies: this.held,
      onEvicted: () => this.options.observer.evicted?.(),
    });
    this.store = new TieredResponseStore(this.memory, options.shared, watch, options.improver);
    this.fetches = new OriginFetches(
      this.store,
      watch,
      { maxBytes: this.options.maxBodyBytes, budget, held: this.held },
      this.options,
    );
    this.announcements = options.bus && new PurgeAnnouncements(options.bus, (purge) => this.store.purgeMemory(purge));
    this.stopListening = options.onMissed?.(() =>
      this.store.purgeMemory({ scope: { type: 'everything' }, isSoft: false }),
    );
  }

  get usage(): CacheUsage {
    return { ...this.memory.size, ...this.fetches.usage };
  }

  /** Handles a request; see {@link CacheClient} for the results. A hit in memory is answered before this returns. */
  handle(original: CacheRequest, client: CacheClient): void {
    const request = new ReadRequest(original);
    const reason = bypassReason(request);
    if (reason) this.pass(request, client, reason);
    else this.look(request, client);
  }

  /**
   * Drops answers: here at once, and with priority over every earlier fetch. It never rejects.
   *
   * @returns whether the shared store has dropped them, so that no other process finds them there. If not, the purge is
   *   pending: this process repeats it before it uses the store again
   */
  async purge(scope: PurgeScope, { isSoft = false }: { isSoft?: boolean } = {}): Promise<boolean> {
    const purge = { scope: normalisedScope(scope), isSoft };
    this.options.observer.purged?.(scope.type, isSoft);
    const isConfirmed = await this.store.purge(purge);
    this.announcements?.announce(purge);
    return isConfirmed;
  }

  /** Unsubscribes from the other processes. Running fetches continue. */
  close(): void {
    this.announcements?.close();
    this.stopListening?.();
    this.options.shared?.close();
  }

  private look(request: ReadRequest, client: CacheClient, isAlone = false): void {
    const waiting: WaitingClient = { request, client, isAlone, retry: (again) => this.look(request, client, again) };
    const usesShared = (key: string): boolean => !isPersonal(request) && !this.fetches.isUnshareable(key, request);
    const found = find(this.store, request, usesShared);
    if (found instanceof Promise) void found.then((late) => this.ifPresent(client, () => this.decide(waiting, late)));
    else this.decide(waiting, found);
  }

  private decide(waiting: WaitingClient, found: Found): void {
    const { request } = waiting;
    const { stored } = found;
    const reuse = stored && reuseOf(stored, request, this.options.clock());
    if (stored && (reuse === 'fresh' || reuse === 'stale')) this.answer(waiting, found, stored, reuse);
    else if (reuse === 'validate' && !wantsOrigin(request)) this.lookForNewer(waiting, found);
    else this.fetch(waiting, found, reuse);
  }

  private answer(waiting: WaitingClient, found: Found, stored: StoredResponse, reuse: 'fresh' | 'stale'): void {
    const { request, client } = waiting;
    const now = this.options.clock();
    const ttlSeconds = Math.floor((stored.freshUntil - now) / 1000);
    this.answered(client, reuse === 'fresh' ? 'hit' : 'stale');
    const form =
      request.rule?.checksType === true ? this.options.deltas?.select(found.key, stored, request.fields) : undefined;
    sendAnswer(answerFrom(form ?? stored, request, { type: 'hit', ttlSeconds }, now), client, this.held);
    if (reuse === 'stale' && request.method === 'GET') this.fetches.revalidate(waiting, found);
  }

  /** Another process may have renewed it. */
  private lookForNewer(waiting: WaitingClient, found: Found): void {
    const newer = this.store.getShared(found.key, found.url);
    if (!(newer instanceof Promise)) return this.fetch(waiting, found, 'validate');
    void newer.then((record) =>
      this.ifPresent(waiting.client, () => {
        const stored = record?.value.type === 'response' ? record.value.response : found.stored;
        const reuse = stored && reuseOf(stored, waiting.request, this.options.clock());
        if (stored && reuse === 'fresh') this.answer(waiting, found, stored, reuse);
        else this.fetch(waiting, { ...found, stored }, reuse);
      }),
    );
  }

  private fetch(waiting: WaitingClient, found: Found, reuse: Reuse | undefined): void {
    const { request, client } = waiting;
    const reason = needsBackend(request, found, reuse);
    if (found.stored && this.mayServeStaleIfError(waiting, found, reuse))
      return this.answer(waiting, found, found.stored, 'stale');
    if (request.directives.has('only-if-cached')) {
      this.answered(client, 'refused');
      sendAnswer(gatewayTimeout(), client, this.held);
    } else if (request.method === 'HEAD' || (!found.stored && this.fetches.isUnshareable(found.key, request)))
      this.pass(request, client, reason);
    else this.fetches.fetch(waiting, found, reason);
  }

  /**
   * The origin hangs, as another fetch of the same key shows. A stored answer that may be used while the origin fails
   * is sent at once.
   */
  private mayServeStaleIfError({ request }: WaitingClient, { key, stored }: Found, reuse: Reuse | undefined): boolean {
    if (stored === undefined || reuse !== 'validate' || wantsOrigin(request) || !this.fetches.isLate(key)) return false;
    const { unreachableGraceMs, clock } = this.options;
    return mayServeStaleIfError(stored, { isReachable: true, unreachableGraceMs, now: clock() });
  }

  private answered(client: CacheClient, outcome: CacheOutcome): void {
    this.options.observer.answered?.(outcome);
    client.onOutcome?.(outcome);
  }

  private pass(request: ReadRequest, client: CacheClient, reason: ForwardReason): void {
    this.answered(client, 'bypassed');
    client.pass({
      onHead: (statusCode, headers) => {
        if (!isSafe(request.method) && request.rule?.scope !== 'never') this.invalidate(request, statusCode, headers);
        this.markPassed(request, statusCode, headers, reason);
      },
    });
  }

  private markPassed(request: ReadRequest, statusCode: number, headers: string[], reason: ForwardReason): void {
    const isWrongType = isSafe(request.method) && isMistyped(request, statusCode, new RawFields(headers));
    const detail = isWrongType ? MISTYPED : undefined;
    if (detail !== undefined) {
      this.options.observer.mistyped?.();
      headers.splice(0, headers.length, ...unstorable(headers));
    }
    headers.push('Cache-Status', cacheStatusLine({ type: 'forwarded', reason, detail }));
  }

  private invalidate({ original }: ReadRequest, statusCode: number, headers: readonly string[]): void {
    for (const url of invalidatedUrls(original, statusCode, fieldsOf(headers))) {
      void this.purge({ type: 'url', url });
      this.options.onInvalidated?.(url);
    }
  }

  /** A client may leave during a read of the shared store. */
  private ifPresent(client: CacheClient, next: () => void): void {
    if (client.response.destroyed) client.onDone?.();
    else next();
  }
}

function needsBackend(request: ReadRequest, { names }: Found, reuse: Reuse | undefined): ForwardReason {
  if (reuse === undefined) return names.length > 0 ? 'vary-miss' : 'uri-miss';
  return reuse === 'unusable' || wantsOrigin(request) ? 'request' : 'stale';
}
