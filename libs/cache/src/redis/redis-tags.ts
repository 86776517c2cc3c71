import type { RedisConnections } from '@slipstream/redis';
import { ADD_TAG, TAKE_TAG } from './tag.scripts.js';

/** A tag outlives every value that has it. */
const LIFE_MS = 31 * 24 * 3_600_000;
/** Keys of one tag; past it, dropping the tag means dropping all. */
const MAX_KEYS = 10_000;

/**
 * Which keys have a tag, in Redis. A key is added before its value is loaded, so that dropping the tag ends that load's lease, too:
 * what a load found that began before is never stored after.
 */
export class RedisTags {
  constructor(
    private readonly redis: RedisConnections,
    private readonly prefix: string,
  ) {}

  async add(generation: string, key: string, tags: readonly string[]): Promise<void> {
    await Promise.all(tags.map((tag) => this.redis.run('cache.tag', (commands) => ADD_TAG.run(commands, [this.#name(generation, tag)], [key, LIFE_MS, MAX_KEYS]))));
  }

  /** @returns the keys that had it, once; undefined when they are too many to be known */
  async take(generation: string, tag: string): Promise<readonly string[] | undefined> {
    const keys = (await this.redis.run('cache.untag', (commands) => TAKE_TAG.run(commands, [this.#name(generation, tag)], []))) as string[];
    return keys.includes('') ? undefined : keys;
  }

  #name(generation: string, tag: string): string {
    return `${this.prefix}${generation}:tag:{${tag}}`;
  }
}
