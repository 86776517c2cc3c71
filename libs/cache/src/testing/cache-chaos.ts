import { expect, vi } from 'vitest';
import type { Cache } from '../create-cache.js';
import { keys, type CacheKey } from '../keys.js';

/** Parts of {@link CacheChaos}. */
export interface CacheChaosOptions {
  /** The writing process; it must never read a value older than its own write. */
  writer: Pick<Cache, 'manager'>;
  /** Reading processes; they may lag during disturbances. */
  readers?: readonly Pick<Cache, 'manager'>[];
  /** Random disturbances. */
  disturb?: () => void;
  /** Number of reads of each of six clients. Default 150. */
  rounds?: number;
}

const KEYS = [keys.user('a'), keys.user('b'), keys.user('c')];

/**
 * Clients that read and write a few values that only increase, with slow loads, so that every read can be compared with
 * the newest write that it must include. No read may fail during disturbances.
 */
export class CacheChaos {
  private readonly source = new Map<CacheKey, number>();

  constructor(private readonly options: CacheChaosOptions) {}

  /** Runs all clients to their end. */
  async run(): Promise<void> {
    await Promise.all([...KEYS, ...KEYS].map((key) => this.client(key)));
  }

  /** Waits until every process reads the newest values. */
  async settle(): Promise<void> {
    for (const { manager } of [this.options.writer, ...(this.options.readers ?? [])]) {
      for (const key of KEYS)
        await vi.waitFor(
          async () => expect(await manager.getOrLoad(key, () => this.load(key))).toBe(this.source.get(key) ?? 0),
          5_000,
        );
    }
  }

  private async client(key: CacheKey): Promise<void> {
    const { writer, readers = [], disturb = () => {}, rounds = 150 } = this.options;
    for (let i = 0; i < rounds; i++) {
      if (Math.random() < 0.2) {
        this.source.set(key, (this.source.get(key) ?? 0) + 1);
        await writer.manager.delete(key);
      }
      if (Math.random() < 0.02) disturb();
      const newest = this.source.get(key) ?? 0;
      expect(await writer.manager.getOrLoad(key, () => this.load(key))).toBeGreaterThanOrEqual(newest);
      for (const { manager } of readers) await manager.getOrLoad(key, () => this.load(key));
    }
  }

  private async load(key: CacheKey): Promise<number> {
    const value = this.source.get(key) ?? 0;
    for (let i = Math.random() * 20; i > 0; i--) await new Promise(setImmediate);
    return value;
  }
}
