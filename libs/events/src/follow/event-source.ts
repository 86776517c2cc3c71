import type { EventId } from '@slipstream/contracts';
import type { StoredEvent } from '../event-log.js';
import type { LiveFeed } from './live-feed.js';

/** The interface of a store that can be followed. */
export interface EventSource {
  /** Starts to push the job's new events into the feed, and to mark gaps in it. @returns a function that stops it */
  attach(jobId: string, feed: LiveFeed): () => void;

  /**
   * Resolves when every event published from now on is either pushed, or marked as a gap.
   * @throws DependencyUnavailableError
   */
  attached(jobId: string): Promise<void>;

  read(jobId: string, after: EventId | undefined, limit: number): Promise<StoredEvent[]>;

  /** Returns the newest event of the job. */
  newest(jobId: string): Promise<StoredEvent | undefined>;
}
