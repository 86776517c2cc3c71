import type { EventId } from '@slipstream/contracts';
import type { EventLog, FollowOptions, StoredEvent } from '../event-log.js';
import { assertIncreasing, isPast } from '../event-order.js';
import type { EventSource } from '../follow/event-source.js';
import type { FollowerLimits } from '../follow/follower.js';
import { Followers } from '../follow/followers.js';
import type { LiveFeed } from '../follow/live-feed.js';
import { LogLostError } from '../log-lost.error.js';
import { StaleFenceError } from '../stale-fence.error.js';
import { JobRecord } from './job-record.js';

/** Options of {@link MemoryEventLog}. */
export interface MemoryEventLogOptions {
  /** How long a job's events are kept after the last append. */
  retentionMs: number;
  /** Size limit of all jobs' events; above it the oldest finished jobs are dropped, then the oldest unfinished ones. */
  maxBytes: number;
  follower: FollowerLimits;
}

interface Kept {
  record: JobRecord;
  expiry: NodeJS.Timeout;
}

/** The event log of a single process. */
export class MemoryEventLog implements EventLog, EventSource {
  /** Oldest append first. */
  private readonly jobs = new Map<string, Kept>();
  private readonly feeds = new Map<string, Set<LiveFeed>>();
  private readonly followers: Followers;
  private bytes = 0;

  constructor(private readonly options: MemoryEventLogOptions) {
    this.followers = new Followers(this, options.follower);
  }

  async append(jobId: string, entries: StoredEvent[], required?: EventId): Promise<void> {
    const [first] = entries;
    if (!first) return;
    assertIncreasing(entries);
    const record = this.jobs.get(jobId)?.record ?? new JobRecord();
    const after = record.newest?.id;
    if (required && (!after || isPast(required, after))) throw new LogLostError(jobId);
    const appended = record.append(entries);
    if (!appended) throw new StaleFenceError(jobId, first.id);
    this.bytes += appended.bytes;
    this.keep(jobId, record);
    if (appended.added.length === 0) return;
    for (const feed of this.feeds.get(jobId) ?? [])
      feed.push({ after, entries: appended.added, bytes: appended.bytes });
  }

  async read(jobId: string, after?: EventId, limit = 100): Promise<StoredEvent[]> {
    return this.jobs.get(jobId)?.record.read(after, limit) ?? [];
  }

  async newest(jobId: string): Promise<StoredEvent | undefined> {
    return this.jobs.get(jobId)?.record.newest;
  }

  follow(jobId: string, options: FollowOptions): AsyncIterable<StoredEvent> {
    return this.followers.follow(jobId, options);
  }

  async remove(jobId: string): Promise<void> {
    this.forget(jobId);
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {
    this.followers.endAll();
    for (const jobId of [...this.jobs.keys()]) this.forget(jobId);
  }

  attach(jobId: string, feed: LiveFeed): () => void {
    const feeds = this.feeds.get(jobId) ?? new Set();
    this.feeds.set(jobId, feeds.add(feed));
    return () => {
      feeds.delete(feed);
      if (feeds.size === 0) this.feeds.delete(jobId);
    };
  }

  async attached(): Promise<void> {}

  private keep(jobId: string, record: JobRecord): void {
    const expiry =
      this.jobs.get(jobId)?.expiry.refresh() ?? setTimeout(() => this.forget(jobId), this.options.retentionMs).unref();
    this.jobs.delete(jobId); // moves to the end of the map: the newest
    this.jobs.set(jobId, { record, expiry });
    while (this.bytes > this.options.maxBytes) this.forget(this.oldest());
  }

  private oldest(): string {
    for (const [jobId, { record }] of this.jobs) if (record.isFinished) return jobId;
    return this.jobs.keys().next().value ?? '';
  }

  private forget(jobId: string): void {
    const kept = this.jobs.get(jobId);
    if (!kept) return;
    clearTimeout(kept.expiry);
    this.bytes -= kept.record.bytes;
    this.jobs.delete(jobId);
  }
}
