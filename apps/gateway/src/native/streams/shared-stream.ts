import { DependencyUnavailableError, type EventId } from '@slipstream/contracts';
import type { StoredEvent } from '@slipstream/events';
import { QUIET, type StreamItem } from './event-stream.js';
import { EventTail } from './event-tail.js';
import type { StreamSource } from './stream-source.js';

/** Limit of the newest events of one stream in memory. A subscriber further behind reads pages from the store. */
const MAX_TAIL_CHARS = 256 * 1024;

/** A subscriber's position in the stream. */
interface Subscriber {
  position: EventId | undefined;
  /** Number of quiet times that it has received. */
  beats: number;
  /** Resolves its wait. */
  wake: () => void;
}

type State = { kind: 'open' } | { kind: 'ended' } | { kind: 'failed'; error: unknown };

/**
 * One stream and its subscribers in this process. The source is followed once, and every subscriber reads the newest
 * events from memory at its own pace. A subscriber costs its position and one pending promise.
 */
export class SharedStream {
  private readonly tail: EventTail;
  private readonly subscribers = new Set<Subscriber>();
  private readonly closing = new AbortController();
  private state: State = { kind: 'open' };
  private beats = 0;
  /** Counts the changes that wake subscribers, so that none starts to wait after a change that it missed. */
  private changes = 0;

  /**
   * @param onOver called when no client may subscribe any more: the source has ended, or the last subscriber has left
   */
  constructor(
    source: StreamSource,
    after: EventId | undefined,
    private readonly onOver: () => void,
  ) {
    this.tail = new EventTail(after, MAX_TAIL_CHARS);
    void this.run(source.follow(after, this.closing.signal));
  }

  async *subscribe(
    source: StreamSource,
    after: EventId | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StreamItem, void, undefined> {
    const subscriber: Subscriber = { position: after, beats: this.beats, wake: () => undefined };
    const wake = (): void => subscriber.wake();
    this.subscribers.add(subscriber);
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (!signal.aborted) {
        const seen = this.changes;
        const next = yield* this.step(source, subscriber);
        if (next === 'end') return;
        if (next === 'wait' && seen === this.changes && !signal.aborted)
          await new Promise<void>((resolve) => (subscriber.wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.leave(subscriber);
    }
  }

  /** Yields the available events. @returns `wait` if there were none since before the call */
  private async *step(
    source: StreamSource,
    subscriber: Subscriber,
  ): AsyncGenerator<StreamItem, 'again' | 'wait' | 'end', undefined> {
    const isCovered = this.tail.covers(subscriber.position);
    const events = isCovered ? this.tail.after(subscriber.position) : await this.stored(source, subscriber);
    for (const event of events) {
      yield event;
      subscriber.position = event.id;
    }
    if (events.length > 0) return 'again';
    if (this.state.kind === 'failed') throw this.state.error;
    if (this.state.kind === 'ended') return this.endOf(subscriber);
    if (subscriber.beats === this.beats) return 'wait';
    subscriber.beats = this.beats;
    yield QUIET;
    return 'again';
  }

  /** For a subscriber that is behind. */
  private async stored(source: StreamSource, { position }: Subscriber): Promise<readonly StoredEvent[]> {
    const page = await source.page(position);
    return page.length > 0 ? page : this.tail.afterFirst(position, (event) => source.isBeginning(event));
  }

  private endOf({ position }: Subscriber): 'end' {
    // A subscriber with a gap reconnects with Last-Event-ID, and then reads the ended stream from its source.
    if (!this.tail.covers(position)) throw new DependencyUnavailableError('event_log');
    return 'end';
  }

  private leave(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    if (this.subscribers.size > 0) return;
    this.onOver();
    this.closing.abort();
  }

  private async run(items: AsyncIterable<StreamItem>): Promise<void> {
    try {
      for await (const item of items) {
        if (item === QUIET) this.beats += 1;
        else this.tail.push(item);
        this.wakeAll();
      }
      this.state = { kind: 'ended' };
    } catch (error) {
      this.state = { kind: 'failed', error };
    }
    this.onOver();
    this.wakeAll();
  }

  private wakeAll(): void {
    this.changes += 1;
    for (const { wake } of this.subscribers) wake();
  }
}
