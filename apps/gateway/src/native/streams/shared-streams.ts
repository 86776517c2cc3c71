import type { EventId } from '@slipstream/contracts';
import type { StoredEvent } from '@slipstream/events';
import type { ToldEvent } from './event-stream.js';
import { SharedStream } from './shared-stream.js';

/** Where the events of one stream come from. */
export interface StreamSource {
  /**
   * Events after `after` in order, with {@link QUIET} in between; ends with the stream. Opened once for all
   * subscribers.
   */
  follow(after: EventId | undefined, signal: AbortSignal): AsyncIterable<ToldEvent>;
  /** The next stored events after `after`, for a subscriber that is behind; empty when nothing later is stored. */
  page(after: EventId | undefined): Promise<StoredEvent[]>;
  /** Whether a subscriber whose events the store has lost may go on with this event. */
  isBeginning(event: StoredEvent): boolean;
}

/** Streams of one kind, each followed once in this process however many subscribers it has. */
export class SharedStreams {
  private readonly streams = new Map<string, SharedStream>();

  /**
   * Everything after `after`, until the stream ends or the signal aborts.
   * @throws what the source throws
   */
  async *read(
    key: string,
    source: StreamSource,
    after: EventId | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ToldEvent, void, undefined> {
    if (signal.aborted) return;
    const stream = this.streams.get(key) ?? this.open(key, source, after);
    yield* stream.subscribe(source, after, signal);
  }

  private open(key: string, source: StreamSource, after: EventId | undefined): SharedStream {
    const stream: SharedStream = new SharedStream(source, after, () => {
      if (this.streams.get(key) === stream) this.streams.delete(key);
    });
    this.streams.set(key, stream);
    return stream;
  }
}
