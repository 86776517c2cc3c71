import type { EventId } from '@slipstream/contracts';
import type { StoredEvent } from '../event-log.js';

/** The events of one append, as published. */
export interface LiveBatch {
  /** Id of the preceding event, by which a follower detects missed events. Absent for the first events of a log. */
  after?: EventId;
  entries: StoredEvent[];
  bytes: number;
}

/** Limits of the buffer of one follower. */
export interface FeedLimits {
  maxEvents: number;
  maxBytes: number;
}

/**
 * The buffer of one follower for arriving events. It is either complete (it contains all events since the log was read)
 * or has a gap. With a gap it is empty, accepts no events, and the log must be read. It starts with a gap.
 */
export class LiveFeed {
  private batches: LiveBatch[] = [];
  private events = 0;
  private bytes = 0;
  private hasGap = true;
  private wake: () => void = () => {};

  constructor(private readonly limits: FeedLimits) {}

  /** Accepts a batch, or becomes a gap if the follower is too slow. */
  push(batch: LiveBatch): void {
    if (this.hasGap) return;
    this.events += batch.entries.length;
    this.bytes += batch.bytes;
    if (this.events > this.limits.maxEvents || this.bytes > this.limits.maxBytes) return this.markGap();
    this.batches.push(batch);
    this.wake();
  }

  /** Events may have been missed. */
  markGap(): void {
    this.hasGap = true;
    this.batches = [];
    this.events = 0;
    this.bytes = 0;
    this.wake();
  }

  /** Whether the log must be read. This call ends the gap, so read the log after it, not before. */
  takeGap(): boolean {
    const hadGap = this.hasGap;
    this.hasGap = false;
    return hadGap;
  }

  shift(): LiveBatch | undefined {
    const batch = this.batches.shift();
    if (!batch) return undefined;
    this.events -= batch.entries.length;
    this.bytes -= batch.bytes;
    return batch;
  }

  /** Resolves when events are available, when the signal aborts, or after a time limit. */
  async changed(signal: AbortSignal, timeoutMs: number): Promise<void> {
    if (this.hasGap || this.batches.length > 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, timeoutMs);
      signal.addEventListener('abort', done, { once: true });
      this.wake = done;
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
    this.wake = () => {};
  }
}
