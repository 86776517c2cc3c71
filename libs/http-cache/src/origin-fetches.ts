import { canonicalAcceptEncoding, filterHeaders, type RawHeaders } from '@slipstream/http';
import { RawFields } from './fields/fields.js';
import { CoalescedFetch } from './coalescing/coalesced-fetch.js';
import { JoinableFetches } from './coalescing/joinable-fetches.js';
import { FlowingBody, type BodyRoom } from './coalescing/flowing-body.js';
import { LateFetches } from './coalescing/late-fetches.js';
import type { WaitingClient } from './coalescing/subscriber.js';
import { UnshareableKeys } from './coalescing/unshareable-keys.js';
import { OriginQuestion, tagsOf } from './origin-question.js';
import { isPersonal, type ReadRequest } from './policy/cache-request.js';
import type { ForwardReason } from './policy/cache-status.js';
import { isConditional, unconditional, validating } from './policy/preconditions.js';
import { isFor, wantsOrigin } from './policy/reuse.js';
import type { RequestedPart, StoredResponse } from './policy/stored-response.js';
import type { PurgeWatch } from './purge/purge-watch.js';
import type { withDefaults } from './response-cache.options.js';
import type { Found } from './store/answer-lookup.js';
import type { TieredResponseStore } from './store/tiered.response-store.js';

/** Longest wait if nothing shows that the answer will be shareable. */
const UNKNOWN_WAIT_MS = 1_000;

const ACCEPT_ENCODING = 'accept-encoding';

/** A fetch to be started. */
interface Plan {
  readonly reason: ForwardReason;
  /** The stored response that the origin validates. */
  readonly stored: StoredResponse | undefined;
  readonly isShared: boolean;
  readonly isBackground: boolean;
}

/** Gets answers from the origin, from a running fetch or a new one. */
export class OriginFetches {
  private readonly joinableFetches = new JoinableFetches();
  private readonly late = new LateFetches();
  private readonly unshareable: UnshareableKeys;

  constructor(
    private readonly store: TieredResponseStore,
    private readonly watch: PurgeWatch,
    private readonly room: BodyRoom,
    private readonly options: ReturnType<typeof withDefaults>,
  ) {
    this.unshareable = new UnshareableKeys(options.unshareableMemoryMs, options.clock);
  }

  get usage(): { coalescedFetches: number; bufferedBytes: number } {
    return { coalescedFetches: this.joinableFetches.size, bufferedBytes: this.room.budget.used };
  }

  /** Whether the last answer to such a request was for one client only. */
  isUnshareable(key: string, request: ReadRequest): boolean {
    return this.unshareable.has(memoOf(key, request));
  }

  /** Whether a fetch of this key has missed its deadline and continues. */
  isLate(key: string): boolean {
    return this.late.has(key);
  }

  fetch(waiting: WaitingClient, found: Found, reason: ForwardReason): void {
    const { request } = waiting;
    const stored = found.stored && isFor(found.stored, request) ? found.stored : undefined;
    const isBlind = waiting.isAlone || (this.late.has(found.key) && !isKnown(request, stored));
    const isShared =
      !isBlind &&
      (stored !== undefined || !isPersonal(request)) &&
      isOrdinary(request) &&
      !this.isUnshareable(found.key, request);
    const coalesced = isShared && !wantsOrigin(request) ? this.joinable(found.key, request) : undefined;
    if (coalesced) coalesced.join(waiting);
    else this.begin(waiting, found, { reason, stored, isShared, isBackground: false });
  }

  /** Renews a stale response that was sent. No client waits for the result. */
  revalidate(waiting: WaitingClient, found: Found): void {
    if (this.late.isFull(found.key) || this.joinableFetches.joinable(found.key, waiting.request)) return;
    this.options.observer.revalidating?.();
    this.begin(waiting, found, { reason: 'stale', stored: found.stored, isShared: true, isBackground: true });
  }

  /**
   * Returns a fetch that may still meet its deadline. If so many hang that no other may begin, it returns one that
   * hangs.
   */
  private joinable(key: string, request: ReadRequest): CoalescedFetch | undefined {
    return (
      this.joinableFetches.joinable(key, request) ??
      (this.late.isFull(key) ? this.late.joinable(key, request) : undefined)
    );
  }

  private begin(waiting: WaitingClient, found: Found, plan: Plan): void {
    const coalesced = this.open(waiting.request, found, plan);
    if (!plan.isBackground) coalesced.lead(waiting);
    try {
      waiting.client.fetch(coalesced);
    } catch (error) {
      coalesced.refuse(error); // or the clients that have joined would wait without end
    }
  }

  private open(request: ReadRequest, found: Found, { reason, stored, isShared, isBackground }: Plan): CoalescedFetch {
    const { store, options } = this;
    const watch = this.watch.begin(found.url);
    let key = found.key;
    const onStoring = (known: string, isShareable: boolean): void => {
      this.joinableFetches.remove(key, coalesced);
      key = known;
      if (!isShareable) return this.unshareable.add(key);
      this.unshareable.delete(memoOf(found.key, request));
      this.joinableFetches.add(key, coalesced);
    };
    const question = new OriginQuestion(
      {
        request,
        found,
        stored,
        requestedPart: requestedPart(request, stored, isShared),
        watch,
        purgePoint: store.purgePoint(),
      },
      { ...options, store },
      onStoring,
    );
    const coalesced: CoalescedFetch = new CoalescedFetch({
      headers: headersOf(request, stored, isShared),
      reason,
      isShared,
      isBackground,
      isPersonal: isPersonal(request),
      avoid: this.late.of(found.key).flatMap(({ backend }) => backend ?? []),
      coalesceWaitMs: isKnown(request, stored)
        ? options.coalesceWaitMs
        : Math.min(options.coalesceWaitMs, UNKNOWN_WAIT_MS),
      isKnown: isKnown(request, stored),
      lateStaleIfError: () => question.lateStaleIfError(),
      onLate: () => {
        this.joinableFetches.remove(key, coalesced);
        this.late.add(found.key, coalesced);
      },
      onStored: (serves) => {
        for (const other of this.late.of(found.key)) if (other !== coalesced) other.supersede(serves);
      },
      stallMs: options.stallMs,
      clock: options.clock,
      judge: (...answer) => question.judge(...answer),
      staleIfError: () => question.staleIfError(),
      isCurrent: () => !watch.isPurged(tagsOf(request)),
      newBody: () => new FlowingBody(this.room),
      held: this.room.held,
      onAnswered: (outcome) => options.observer.answered?.(outcome),
      onUnshareable: () => isOrdinary(request) && this.unshareable.add(memoOf(found.key, request)),
      onClosed: () => {
        watch.end();
        this.joinableFetches.remove(key, coalesced);
        this.late.delete(found.key, coalesced);
      },
    });
    if (isShared) this.joinableFetches.add(key, coalesced);
    return coalesced;
  }
}

/**
 * The answer to a personal request does not show whether other answers are shareable. Keys of the store never have this
 * suffix.
 */
const memoOf = (key: string, request: ReadRequest): string => (isPersonal(request) ? `${key} personal` : key);

/** Whether a rule or a stored response shows that its answer will be shareable. */
const isKnown = ({ rule }: ReadRequest, stored: StoredResponse | undefined): boolean =>
  stored !== undefined || rule?.ttlMs !== undefined;

/** Whether its answer may be shareable: not a partial one, and none that the client wants dropped. */
const isOrdinary = ({ fields, directives }: ReadRequest): boolean =>
  !fields.has('range') && !directives.has('no-store');

/** The part that the fields of {@link headersOf} request. */
function requestedPart({ fields }: ReadRequest, stored: StoredResponse | undefined, isShared: boolean): RequestedPart {
  if (stored || isShared) return 'whole';
  if (fields.has('range')) return 'range';
  return isConditional(fields) ? 'condition' : 'whole';
}

/**
 * A client that is alone with its fetch sends its own conditions and range. Accept-Encoding is canonical, as in the key
 * of the answer.
 */
function headersOf(request: ReadRequest, stored: StoredResponse | undefined, isShared: boolean) {
  const headers = withCanonicalCodings(request.forwardedHeaders);
  if (stored) return validating(headers, stored);
  return isShared ? unconditional(headers) : headers;
}

/**
 * The client's lines become one. Other spellings of the name stay, because they are part of the key in their own form.
 */
function withCanonicalCodings(headers: RawHeaders): RawHeaders {
  const value = new RawFields(headers).get(ACCEPT_ENCODING);
  if (value === undefined) return headers;
  const others = filterHeaders(headers, (name) => name !== ACCEPT_ENCODING);
  return [...others, 'Accept-Encoding', canonicalAcceptEncoding(value)];
}
