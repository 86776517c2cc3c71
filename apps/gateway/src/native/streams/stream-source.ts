import type { EventId } from '@slipstream/contracts';
import type { StoredEvent } from '@slipstream/events';
import type { StreamItem } from './event-stream.js';

/** The source of one stream's events. */
export interface StreamSource {
  /**
   * Yields events after `after` in order, with {@link QUIET} in between; ends with the stream. Opened once for all
   * subscribers.
   */
  follow(after: EventId | undefined, signal: AbortSignal): AsyncIterable<StreamItem>;
  /** Returns the next stored events after `after`, for a subscriber that is behind; empty if there are none. */
  page(after: EventId | undefined): Promise<StoredEvent[]>;
  /** Whether a subscriber whose events the store has lost may resume at this event. */
  isBeginning(event: StoredEvent): boolean;
}
