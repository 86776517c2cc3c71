import type { FollowOptions, StoredEvent } from '../event-log.js';
import type { EventSource } from './event-source.js';
import { Follower, type FollowerLimits } from './follower.js';

/** The running followers of a log, so that closing the log ends them. */
export class Followers {
  private readonly endings = new Set<AbortController>();

  constructor(
    private readonly source: EventSource,
    private readonly limits: FollowerLimits,
  ) {}

  async *follow(jobId: string, { after, signal }: FollowOptions): AsyncGenerator<StoredEvent, void, undefined> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    if (signal.aborted) return;
    signal.addEventListener('abort', end, { once: true });
    this.endings.add(ending);
    try {
      yield* new Follower(this.source, jobId, after, ending.signal, this.limits).events();
    } finally {
      signal.removeEventListener('abort', end);
      this.endings.delete(ending);
    }
  }

  endAll(): void {
    for (const ending of this.endings) ending.abort();
  }
}
