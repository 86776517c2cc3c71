import type { EventId } from '@slipstream/contracts';
import type { StreamItem } from './event-stream.js';
import { SharedStream } from './shared-stream.js';
import type { StreamSource } from './stream-source.js';

/** Streams of one kind, each followed once in this process for any number of subscribers. */
export class SharedStreams {
  private readonly streams = new Map<string, SharedStream>();

  /**
   * Yields everything after `after`, until the stream ends or the signal aborts.
   * @throws the errors of the source
   */
  async *read(
    key: string,
    source: StreamSource,
    after: EventId | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StreamItem, void, undefined> {
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
