import { DurationHistogram } from '@slipstream/telemetry';
import { ClientShares } from './client-shares.js';
import type { EligibleBackends } from './eligible-backends.js';
import { Lease, type LeaseListener, type LeaseTerms } from './lease.js';
import type { OtherReports } from './load-board.js';
import type { Load, PooledBackend } from './pooled-backend.js';
import { NoHealthyBackendsError } from './no-healthy-backends.error.js';
import type { PickOptions } from './pick-options.js';
import { NONE_HEALTHY, OVER_SHARE, type PickResult } from './pick-result.js';
import { Picker, type PickerLimits } from './picker.js';
import { PoolBusyError } from './pool-busy.error.js';
import { WaitQueue, type WaitQueueOptions, type WaitRefusal } from './wait-queue.js';
import type { Strategy } from '../strategies/strategy.js';

/** Options of {@link Places}. */
export interface PlacesOptions extends PickerLimits {
  /** Name of the pool. */
  pool: string;
  strategies: Readonly<Record<keyof Load, Strategy>>;
  queue: WaitQueueOptions;
  /** Receives the events of each lease, once its place is free again. */
  leases: LeaseListener;
  /** Monotonic, in ms. */
  now: () => number;
}

const NO_BACKENDS: EligibleBackends = { groups: [], answering: [], byUrl: new Map(), hasHalfOpen: false };

/** The places of a pool's backends. Leases them to requests, and queues the requests that wait for one. */
export class Places {
  /** Durations of past waits for a place. */
  readonly waits = new DurationHistogram();
  private readonly waiting: WaitQueue<Lease>;
  private readonly shares = new ClientShares();
  private readonly leases: LeaseListener;
  private picker: Picker;
  private others: OtherReports = { loads: {}, senders: 0 };

  constructor(private readonly options: PlacesOptions) {
    this.waiting = new WaitQueue(options.queue);
    this.picker = new Picker(NO_BACKENDS, options.strategies, options);
    const { onAnswered, onReleased } = options.leases;
    this.leases = {
      onAnswered,
      onReleased: (pooled, terms, end) => {
        this.give(pooled, terms);
        onReleased(pooled, terms, end);
        this.wake();
      },
    };
  }

  /** Number of backends that get new sessions. */
  get size(): number {
    return this.picker.size;
  }

  /** Requests that wait for a place. */
  get queueLength(): number {
    return this.waiting.length;
  }

  /** Start of the longest current wait; undefined if no request waits. */
  get oldestSinceMs(): number | undefined {
    return this.waiting.oldestSinceMs;
  }

  /** Replaces the limits. They apply from the next {@link setEligible}. */
  setLimits(maxConnections: number, queue: WaitQueueOptions): void {
    this.options.maxConnections = maxConnections;
    this.waiting.setLimits(queue);
  }

  /** Replaces the backends that may be picked. */
  setEligible(eligible: EligibleBackends): void {
    const { strategies, maxConnections } = this.options;
    this.picker.end();
    this.picker = new Picker(eligible, strategies, this.options);
    this.shares.setCapacity(maxConnections === Infinity ? Infinity : this.picker.size * maxConnections);
    this.wake();
  }

  /** Follows a change of a backend's load or weight. */
  update(pooled: PooledBackend): void {
    this.picker.update(pooled);
  }

  /** Sets the load and the waits of other processes. The loads are in the pooled backends already. */
  setOthers(others: OtherReports, requests: number): void {
    this.others = others;
    this.shares.others = requests;
    this.wake();
  }

  tryPick(options: PickOptions): PickResult {
    const { client = '' } = options;
    const kind = options.isSession === true ? 'sessions' : 'requests';
    const choice = this.picker.choose(options, kind === 'requests' ? this.ownLimit() : Infinity);
    if (choice.type !== 'chosen') return choice;
    if (kind === 'requests' && !this.shares.mayTake(client)) return OVER_SHARE;
    return { type: 'picked', lease: this.take(choice.pooled, { kind, client, startedAtMs: this.options.now() }) };
  }

  /** @returns a function that ends the wait */
  wait(options: PickOptions, onServed: (lease: Lease) => void, onRefused: (error: Error) => void): () => void {
    const startedAtMs = this.options.now();
    return this.waiting.join({
      client: options.client ?? '',
      sinceMs: startedAtMs,
      attempt: () => this.tryPick(options),
      isParticular: options.accepts !== undefined || options.stickTo !== undefined,
      onServed: (lease) => {
        this.waits.observe((this.options.now() - startedAtMs) / 1000);
        onServed(lease);
      },
      onRefused: (why) => onRefused(this.errorOf(why)),
    });
  }

  /** Refuses the waiting requests. */
  close(): void {
    this.waiting.close(this.errorOf(NONE_HEALTHY.type));
  }

  private errorOf(why: WaitRefusal): Error {
    if (why instanceof Error) return why;
    return why === 'none-healthy'
      ? new NoHealthyBackendsError(this.options.pool)
      : new PoolBusyError(this.options.pool, why);
  }

  private take(pooled: PooledBackend, terms: LeaseTerms): Lease {
    if (terms.kind === 'requests') this.shares.take(terms.client);
    const lease = new Lease(pooled, terms, this.leases, this.options.now);
    this.picker.update(pooled);
    return lease;
  }

  private give(pooled: PooledBackend, { kind, client }: LeaseTerms): void {
    if (kind === 'requests') this.shares.give(client);
    this.picker.update(pooled);
  }

  private wake(): void {
    if (this.waiting.length > 0) this.waiting.wake();
  }

  /**
   * Limit per backend. If a request of another process has waited longer than any here, this process takes no more than
   * its equal share. So the other process gets the free places.
   */
  private ownLimit(): number {
    const { waitingSinceMs, senders } = this.others;
    if (waitingSinceMs === undefined) return Infinity;
    if (waitingSinceMs >= (this.waiting.oldestSinceMs ?? this.options.now())) return Infinity;
    return Math.floor(this.options.maxConnections / (senders + 1));
  }
}
