import type { EventId, LoggedEvent } from '@slipstream/contracts';

/** An event of a job or an inbox, and its position in the log. */
export interface StoredEvent {
  id: EventId;
  event: LoggedEvent;
}

/** Options of {@link EventLog.follow}. */
export interface FollowOptions {
  /** Only events after this one. Default: from the first event. */
  after?: EventId;
  /** Ends the iteration, without an error. */
  signal: AbortSignal;
}

/**
 * The events of each job, in order. A log is kept until its retention time after the last append.
 *
 * Every method throws DependencyUnavailableError while the store is unreachable.
 */
export interface EventLog {
  /**
   * Appends all events or none. It can be repeated after an unknown outcome: stored events are skipped.
   *
   * @param entries in increasing order of their ids, all greater than the stored ids
   * @param after the newest stored event, if the new ones require the earlier ones
   * @throws StaleFenceError if a later claim (or this one) has written past these ids: the writer has lost its lease
   * @throws LogLostError if the newest stored event is an earlier one than `after`, or if there is none
   * @throws InvalidInputError if the ids do not increase
   */
  append(jobId: string, entries: StoredEvent[], after?: EventId): Promise<void>;

  /**
   * Returns stored events.
   *
   * @param after only events after this one. Default: from the first event
   * @param limit largest number of events. Default 100
   */
  read(jobId: string, after?: EventId, limit?: number): Promise<StoredEvent[]>;

  /**
   * Yields stored events, then new ones, each once and in order. It ends after a final event (at once if `after` is the
   * final event), when the signal aborts, and when the log is closed. A slow subscriber uses bounded memory.
   *
   * @throws DependencyUnavailableError if the store stays unreachable for longer than the log waits
   */
  follow(jobId: string, options: FollowOptions): AsyncIterable<StoredEvent>;

  /** Deletes the events of a job, if any exist. */
  remove(jobId: string): Promise<void>;

  /** Sends a request to the store. */
  check(): Promise<void>;

  /** Ends all followers. It does not close the connections. */
  close(): Promise<void>;
}
