import type { EventId } from '@slipstream/contracts';
import type { StoredEvent } from '@slipstream/events';
import type { ToldEvent } from './event-stream.js';

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
