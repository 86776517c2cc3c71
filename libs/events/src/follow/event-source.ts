import type { EventId } from '@slipstream/contracts';
import type { StoredEvent } from '../event-log.js';
import type { LiveFeed } from './live-feed.js';

/** What a store must offer to be followed. */
export interface EventSource {
  /** Begins to push the job's new events into the feed, and to mark gaps in it. @returns a function that ends this */
  attach(jobId: string, feed: LiveFeed): () => void;

  /**
   * Resolves once nothing published after this is missed without a gap being marked.
   * @throws DependencyUnavailableError
   */
  attached(jobId: string): Promise<void>;

  read(jobId: string, after: EventId | undefined, limit: number): Promise<StoredEvent[]>;

  /** The newest event of the job. */
  newest(jobId: string): Promise<StoredEvent | undefined>;
}
