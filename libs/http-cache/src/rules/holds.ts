import { LRUCache } from 'lru-cache';
import { steadyNow } from '@slipstream/contracts';
import type { MessageBus } from '@slipstream/redis';
import { kindOf } from './tags.js';

const TOPIC = 'http-cache.hold';
const MAX_HOLDS = 100_000;
const MAX_LENGTH = 300;

/**
 * Tags whose answers aren't stored for a while, in no process: what they are about changes without a write that could
 * be seen. Whoever is forgotten because there are too many is held no longer; what was announced while the bus was away
 * is made up for by holding everybody's.
 */
export class Holds {
  private readonly held: LRUCache<string, true>;
  private readonly kinds = new Set<string>();
  private readonly leave: () => void;
  private longestMs = 0;
  private allUntil = 0;

  constructor(
    private readonly bus: MessageBus,
    private readonly clock: () => number = steadyNow,
  ) {
    this.held = new LRUCache({ max: MAX_HOLDS, perf: { now: clock }, ttlResolution: 0 });
    this.leave = bus.subscribe(TOPIC, (message) => {
      const { tag, ms } = (message ?? {}) as { tag?: unknown; ms?: unknown };
      if (
        typeof tag === 'string' &&
        tag.length <= MAX_LENGTH &&
        typeof ms === 'number' &&
        ms > 0 &&
        ms <= this.longestMs
      )
        this.held.set(tag, true, { ttl: ms });
    });
  }

  /** Says what may be held: kinds of tags, and for how long at most. */
  expect(kinds: readonly string[], ms: number): void {
    for (const kind of kinds) this.kinds.add(kind);
    this.longestMs = Math.max(this.longestMs, ms);
  }

  hold(tag: string, ms: number): void {
    if (tag.length > MAX_LENGTH) return;
    this.held.set(tag, true, { ttl: ms });
    this.bus.publish(TOPIC, { tag, ms });
  }

  isHeld(tags: readonly string[]): boolean {
    if (this.allUntil > 0 && this.clock() < this.allUntil) return tags.some((tag) => this.kinds.has(kindOf(tag)));
    return this.held.size > 0 && tags.some((tag) => this.held.has(tag));
  }

  /** Announcements may have been missed. */
  onMissed(): void {
    this.allUntil = this.clock() + this.longestMs;
  }

  close(): void {
    this.leave();
  }
}
