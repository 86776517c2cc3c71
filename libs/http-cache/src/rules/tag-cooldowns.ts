import { LRUCache } from 'lru-cache';
import { steadyNow } from '@slipstream/contracts';
import type { MessageBus } from '@slipstream/redis';
import { kindOf } from './tags.js';

const TOPIC = 'http-cache.cooldown';
const MAX_TAGS = 100_000;
const MAX_TAG_LENGTH = 300;

/**
 * Tags whose answers no process stores for a while: their content changes without a further write through the gateway.
 * Above `MAX_TAGS`, the oldest cooldowns end early. If messages of the bus may have been missed, all tags of the
 * allowed kinds cool down.
 */
export class TagCooldowns {
  private readonly cooling: LRUCache<string, true>;
  private readonly kinds = new Set<string>();
  private readonly unsubscribe: () => void;
  private longestMs = 0;
  private allUntil = 0;

  constructor(
    private readonly bus: MessageBus,
    private readonly clock: () => number = steadyNow,
  ) {
    this.cooling = new LRUCache({ max: MAX_TAGS, perf: { now: clock }, ttlResolution: 0 });
    this.unsubscribe = bus.subscribe(TOPIC, (message) => {
      const { tag, ms } = (message ?? {}) as { tag?: unknown; ms?: unknown };
      if (
        typeof tag === 'string' &&
        tag.length <= MAX_TAG_LENGTH &&
        typeof ms === 'number' &&
        ms > 0 &&
        ms <= this.longestMs
      )
        this.cooling.set(tag, true, { ttl: ms });
    });
  }

  /** Declares kinds of tags that may cool down, and the longest cooldown of these. */
  allow(kinds: readonly string[], ms: number): void {
    for (const kind of kinds) this.kinds.add(kind);
    this.longestMs = Math.max(this.longestMs, ms);
  }

  /** Starts the cooldown of a tag here, and publishes it to the other processes. */
  start(tag: string, ms: number): void {
    if (tag.length > MAX_TAG_LENGTH) return;
    this.cooling.set(tag, true, { ttl: ms });
    this.bus.publish(TOPIC, { tag, ms });
  }

  /** Whether at least one of the tags is cooling down. */
  isCooling(tags: readonly string[]): boolean {
    if (this.allUntil > 0 && this.clock() < this.allUntil) return tags.some((tag) => this.kinds.has(kindOf(tag)));
    return this.cooling.size > 0 && tags.some((tag) => this.cooling.has(tag));
  }

  /** Messages of the bus may have been missed: all allowed kinds cool down for the longest cooldown. */
  onMissed(): void {
    this.allUntil = this.clock() + this.longestMs;
  }

  close(): void {
    this.unsubscribe();
  }
}
