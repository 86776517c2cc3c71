import { ShortLivedSet, type Place } from '@slipstream/contracts';
import type { PickResult } from './pick-result.js';

/** Options of {@link WaitQueue}. */
export interface WaitQueueOptions {
  /** Longest queue. Default 1000. */
  maxLength?: number;
  /** Longest wait, in ms. Default 5000. */
  timeoutMs?: number;
}

/** Reason why a waiter got no place. The error is that of a closed queue. */
export type WaitRefusal = 'queue is full' | 'wait was too long' | 'none-healthy' | Error;

/** A request that waits for a place. */
export interface Waiter<T> {
  /** Waiters of one client are served in the order of arrival; clients take turns. */
  client: string;
  /** Start of the wait, on the balancer's clock. */
  sinceMs: number;
  /** Picks a place, if one is free. */
  attempt: () => PickResult<T>;
  /**
   * Whether the request accepts only some backends. If a request that accepts all finds no room, no other such request
   * can.
   */
  isParticular: boolean;
  onServed: (place: T) => void;
  onRefused: (why: WaitRefusal) => void;
}

interface Entry<T> extends Waiter<T> {
  timer: NodeJS.Timeout;
  place?: Place<Entry<T>>;
}

/** The waiters of one client. */
type Line<T> = ShortLivedSet<Entry<T>>;

/** Result of one round. */
interface Round {
  /** Entries that found no room. */
  readonly refused: Set<object>;
  /** Clients that use their whole share. */
  readonly satisfied: Set<string>;
  /** Whether a waiter that accepts all backends found no room. */
  isFull: boolean;
}

/**
 * A bounded queue with a timeout, for times in which all places are taken. Clients take turns (round robin). If the
 * queue is full, a client with fewer waiters displaces the newest waiter of the client with the most (longest queue
 * drop, RFC 8290 section 4.1.3). So one client cannot fill the queue.
 */
export class WaitQueue<T> {
  /** Waiters of each client. The order of the keys is the order of the turns. */
  private readonly lines = new Map<string, Line<T>>();
  private maxLength = 0;
  private timeoutMs = 0;
  private waiting = 0;
  private particular = 0;

  constructor(options: WaitQueueOptions) {
    this.setLimits(options);
  }

  /** Replaces the limits. Entries in the queue keep their timeouts. */
  setLimits({ maxLength = 1000, timeoutMs = 5000 }: WaitQueueOptions): void {
    this.maxLength = maxLength;
    this.timeoutMs = timeoutMs;
  }

  get length(): number {
    return this.waiting;
  }

  /** Start of the longest current wait; undefined if no request waits. */
  get oldestSinceMs(): number | undefined {
    let oldestMs: number | undefined;
    for (const [first] of this.lines.values())
      if (oldestMs === undefined || first!.sinceMs < oldestMs) oldestMs = first!.sinceMs;
    return oldestMs;
  }

  /** @returns a function that leaves the queue; it has no effect once the waiter is served */
  join(waiter: Waiter<T>): () => void {
    if (this.waiting >= this.maxLength && !this.displaceFor(waiter.client)) {
      waiter.onRefused('queue is full');
      return () => {};
    }
    const timer = setTimeout(() => this.leave(entry) && entry.onRefused('wait was too long'), this.timeoutMs);
    const entry: Entry<T> = { ...waiter, timer };
    const line = this.lines.get(waiter.client) ?? new ShortLivedSet();
    this.lines.set(waiter.client, line);
    entry.place = line.add(entry);
    this.waiting += 1;
    if (entry.isParticular) this.particular += 1;
    return () => void this.leave(entry);
  }

  /** Serves every waiter that can be served; clients take turns. To be called whenever a place may have become free. */
  wake(): void {
    const round: Round = { refused: new Set(), satisfied: new Set(), isFull: false };
    for (let isServing = true; isServing;) {
      isServing = false;
      for (const [client, line] of [...this.lines]) {
        if (round.isFull && this.particular === 0) return;
        if (!this.serveFirst(line, round)) continue;
        isServing = true;
        this.endTurn(client, line);
      }
    }
  }

  /** Refuses every waiter. */
  close(reason: Error): void {
    for (const line of [...this.lines.values()])
      for (const entry of [...line]) if (this.leave(entry)) entry.onRefused(reason);
  }

  /** @returns whether a waiter of this client was served */
  private serveFirst(line: Line<T>, round: Round): boolean {
    for (const entry of line) {
      if (round.satisfied.has(entry.client)) return false;
      if (round.refused.has(entry) || (round.isFull && !entry.isParticular)) continue;
      const { type } = this.tryToServe(entry);
      if (type === 'picked') return true;
      if (type === 'over-share') round.satisfied.add(entry.client);
      if (type !== 'no-room') continue;
      round.refused.add(entry);
      round.isFull ||= !entry.isParticular;
    }
    return false;
  }

  private tryToServe(entry: Entry<T>): PickResult<T> {
    const result = entry.attempt();
    if (result.type === 'no-room' || result.type === 'over-share') return result;
    this.leave(entry);
    if (result.type === 'picked') entry.onServed(result.lease);
    else entry.onRefused('none-healthy');
    return result;
  }

  private endTurn(client: string, line: Line<T>): void {
    if (this.lines.get(client) !== line) return;
    this.lines.delete(client);
    this.lines.set(client, line);
  }

  /** @returns whether the queue has room for the client now */
  private displaceFor(client: string): boolean {
    const longest = [...this.lines.values()].reduce((a, b) => (b.size > a.size ? b : a), new ShortLivedSet<Entry<T>>());
    if (longest.size <= (this.lines.get(client)?.size ?? 0) + 1) return false;
    const newest = [...longest].at(-1)!;
    this.leave(newest);
    newest.onRefused('queue is full');
    return true;
  }

  private leave(entry: Entry<T>): boolean {
    clearTimeout(entry.timer);
    const line = this.lines.get(entry.client);
    if (!line || !entry.place || !line.delete(entry.place)) return false;
    if (line.size === 0) this.lines.delete(entry.client);
    this.waiting -= 1;
    if (entry.isParticular) this.particular -= 1;
    return true;
  }
}
