import { unavailable } from '../unavailable.js';
import type { WireMessage } from '../wire-message.js';
import { Fifo } from './fifo.js';

/** Messages that one queue holds, the delayed ones included. Beyond, publishers are refused. */
export const MAX_MESSAGES = 100_000;
/** Dead letters that one queue keeps; the oldest make room. */
export const MAX_DEAD_LETTERS = 1_000;

export interface StoredMessage {
  message: WireMessage;
  redelivered: boolean;
}

/** One queue in memory, with its delayed messages and its dead letters. */
export class MemoryQueue {
  readonly #ready = new Fifo<StoredMessage>();
  readonly #delayed = new Set<NodeJS.Timeout>();
  readonly #dead: WireMessage[] = [];
  readonly #listeners = new Set<() => void>();
  #announced = false;

  /** @throws DependencyUnavailableError when the queue is full */
  put(message: WireMessage): void {
    if (this.#ready.size + this.#delayed.size >= MAX_MESSAGES) throw unavailable('queue full');
    this.#enqueue(message);
  }

  /** A message that is in the house already is never refused. */
  putLater(message: WireMessage, afterMs: number): void {
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      this.#enqueue(message);
    }, afterMs);
    this.#delayed.add(timer);
  }

  /** Returns a message that was taken and not finished to where it was. */
  putBack({ message }: StoredMessage): void {
    this.#ready.unshift({ message, redelivered: true });
    this.#announce();
  }

  take(): StoredMessage | undefined {
    return this.#ready.shift();
  }

  bury(message: WireMessage): void {
    this.#dead.push(message);
    if (this.#dead.length > MAX_DEAD_LETTERS) this.#dead.shift();
  }

  get deadLetters(): readonly WireMessage[] {
    return this.#dead;
  }

  /** @returns how to stop listening */
  onAvailable(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets what was to come later, so that no timer holds the process. */
  close(): void {
    for (const timer of this.#delayed) clearTimeout(timer);
    this.#delayed.clear();
  }

  #enqueue(message: WireMessage): void {
    this.#ready.push({ message, redelivered: false });
    this.#announce();
  }

  /** Later in the event loop, as with a broker: a publisher never finds itself running a consumer's code. */
  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    setImmediate(() => {
      this.#announced = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
