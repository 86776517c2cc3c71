import { type Lane, LANES } from '@slipstream/contracts';
import type { LaneStatus } from '../broker.js';
import { unavailable } from '../unavailable.js';
import { laneOf, type WireMessage } from '../wire-message.js';
import { Fifo } from './fifo.js';

/** Limit of messages per queue, including delayed ones. Above it, publishing fails. */
export const MAX_MESSAGES = 100_000;
/** Limit of dead letters per queue; above it the oldest are dropped. */
export const MAX_DEAD_LETTERS = 1_000;

export interface StoredMessage {
  message: WireMessage;
  redelivered: boolean;
}

/** One queue in memory, with its delayed messages and its dead letters. */
export class MemoryQueue {
  private readonly ready: Readonly<Record<Lane, Fifo<StoredMessage>>> = {
    interactive: new Fifo(),
    background: new Fifo(),
  };
  private readonly delayed: Readonly<Record<Lane, Set<NodeJS.Timeout>>> = {
    interactive: new Set(),
    background: new Set(),
  };
  private dead: WireMessage[] = [];
  private readonly listeners = new Set<() => void>();
  private announced = false;

  /** @throws DependencyUnavailableError if the queue is full */
  put(message: WireMessage): void {
    if (this.size >= MAX_MESSAGES) throw unavailable('queue full');
    this.enqueue(message);
  }

  /** Accepted messages are never rejected again. */
  readmit(message: WireMessage): void {
    this.enqueue(message);
  }

  /** Like {@link readmit}, after a delay. */
  putLater(message: WireMessage, afterMs: number): void {
    const delayed = this.delayed[laneOf(message)];
    const timer = setTimeout(() => {
      delayed.delete(timer);
      this.enqueue(message);
    }, afterMs);
    delayed.add(timer);
  }

  /** Returns an unfinished message to its position. */
  putBack({ message }: StoredMessage): void {
    this.ready[laneOf(message)].unshift({ message, redelivered: true });
    this.announce();
  }

  take(lane: Lane): StoredMessage | undefined {
    return this.ready[lane].shift();
  }

  has(lane: Lane): boolean {
    return this.ready[lane].size > 0;
  }

  status(): LaneStatus[] {
    return LANES.map((lane) => ({
      lane,
      ready: this.ready[lane].size,
      delayed: this.delayed[lane].size,
      consumers: this.listeners.size,
    }));
  }

  bury(message: WireMessage): void {
    this.dead.push(message);
    if (this.dead.length > MAX_DEAD_LETTERS) this.dead.shift();
  }

  get deadLetters(): readonly WireMessage[] {
    return this.dead;
  }

  /** Removes and returns the dead letters that match `isWanted`, oldest first. */
  unearth(isWanted: (message: WireMessage) => boolean): WireMessage[] {
    const { wanted = [], rest = [] } = Object.groupBy(this.dead, (message) => (isWanted(message) ? 'wanted' : 'rest'));
    this.dead = rest;
    return wanted;
  }

  /** @returns a function that unsubscribes */
  onAvailable(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Drops delayed messages, so that no timer keeps the process alive. */
  close(): void {
    for (const delayed of Object.values(this.delayed)) {
      for (const timer of delayed) clearTimeout(timer);
      delayed.clear();
    }
  }

  private get size(): number {
    return LANES.reduce((size, lane) => size + this.ready[lane].size + this.delayed[lane].size, 0);
  }

  private enqueue(message: WireMessage): void {
    this.ready[laneOf(message)].push({ message, redelivered: false });
    this.announce();
  }

  /** In a later turn of the event loop, as with a broker: publishing never runs consumer code synchronously. */
  private announce(): void {
    if (this.announced) return;
    this.announced = true;
    setImmediate(() => {
      this.announced = false;
      for (const listener of this.listeners) listener();
    });
  }
}
