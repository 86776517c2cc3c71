import type { EventId } from '@slipstream/contracts';
import type { StoredEvent } from '../event-log.js';

/** Events as one append published them. */
export interface LiveBatch {
  /** Id of the last event before these, by which a reader sees that it missed some; absent when these are the first. */
  after?: EventId;
  entries: StoredEvent[];
  bytes: number;
}

/** Bounds of one follower's buffer. */
export interface FeedLimits {
  maxEvents: number;
  maxBytes: number;
}

/**
 * One follower's buffer between the events that arrive and its reader. It is either whole (it holds all that came since
 * the log was read) or has a gap: then it holds nothing, takes nothing, and the log must be read. It begins with a gap.
 */
export class LiveFeed {
  private batches: LiveBatch[] = [];
  private events = 0;
  private bytes = 0;
  private hasGap = true;
  private wake: () => void = () => {};

  constructor(private readonly limits: FeedLimits) {}

  /** Takes a batch, or turns into a gap when the reader is too slow for it. */
  push(batch: LiveBatch): void {
    if (this.hasGap) return;
    this.events += batch.entries.length;
    this.bytes += batch.bytes;
    if (this.events > this.limits.maxEvents || this.bytes > this.limits.maxBytes) return this.markGap();
    this.batches.push(batch);
    this.wake();
  }

  /** Something may have been missed. */
  markGap(): void {
    this.hasGap = true;
    this.batches = [];
    this.events = 0;
    this.bytes = 0;
    this.wake();
  }

  /** Whether the log must be read. From this call on the feed is whole again: read the log after it, not before. */
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

  /** Resolves when there is something to take, when the signal aborts, or after a time. */
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
