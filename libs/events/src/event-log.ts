import type { EventId, LoggedEvent } from '@slipstream/contracts';

/** An event of a job or an inbox, and its place in the log. */
export interface StoredEvent {
  id: EventId;
  event: LoggedEvent;
}

/** Options of {@link EventLog.follow}. */
export interface FollowOptions {
  /** Only events after this one. Default: from the first. */
  after?: EventId;
  /** Ends the iteration, without an error. */
  signal: AbortSignal;
}

/**
 * The events of each job, in order. A log is kept until a retention time after its last append.
 *
 * Every method throws DependencyUnavailableError when the store is away.
 */
export interface EventLog {
  /**
   * Adds events, all or none. Doing it again after an unknown outcome is harmless: what is stored already is skipped.
   *
   * @param entries in increasing order of their ids, all greater than the ids stored
   * @param isContinuation whether they make sense only behind what was written before. Default false
   * @throws StaleFenceError when a later claim (or this one) has written past these ids: the writer has lost its lease
   * @throws LogLostError when they are a continuation and nothing is there to continue
   * @throws InvalidInputError when the ids are not increasing
   */
  append(jobId: string, entries: StoredEvent[], isContinuation?: boolean): Promise<void>;

  /**
   * What is stored now.
   *
   * @param after only events after this one. Default: from the first
   * @param limit at most so many. Default 100
   */
  read(jobId: string, after?: EventId, limit?: number): Promise<StoredEvent[]>;

  /**
   * What is stored, then what comes, each event once and in order. Ends after a final event, at once when `after` is
   * the final event, when the signal aborts, and when the log is closed. A slow reader costs bounded memory.
   *
   * @throws DependencyUnavailableError when the store stays away longer than the log waits for it
   */
  follow(jobId: string, options: FollowOptions): AsyncIterable<StoredEvent>;

  /** Forgets a job's events. No error when there are none. */
  remove(jobId: string): Promise<void>;

  /** Really asks the store. */
  check(): Promise<void>;

  /** Ends all followers. The connections belong to whoever made them. */
  close(): Promise<void>;
}
