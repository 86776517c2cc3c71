import { randomUUID } from 'node:crypto';
import type { MessageBus } from '@slipstream/redis';
import { parsePurge, type Purge } from './purge-scope.js';

const TOPIC = 'http-cache.purge';

/** Publishes purges to the other processes, and receives theirs. */
export class PurgeAnnouncements {
  private readonly own = randomUUID();
  private readonly leave: () => void;

  /** @param onPurge receives the other processes' purges */
  constructor(
    private readonly bus: MessageBus,
    onPurge: (purge: Purge) => void,
  ) {
    this.leave = bus.subscribe(TOPIC, (message) => {
      const purge = (message as { from?: unknown } | null)?.from === this.own ? undefined : parsePurge(message);
      if (purge) onPurge(purge);
    });
  }

  announce(purge: Purge): void {
    this.bus.publish(TOPIC, { ...purge, from: this.own });
  }

  close(): void {
    this.leave();
  }
}
