import { describe, expect, it, vi } from 'vitest';
import { createCache } from '../create-cache.js';
import { keys } from '../keys.js';
import { CacheChaos } from '../testing/cache-chaos.js';
import { describeCache } from '../testing/cache-contract.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };

describeCache('memory', (options) => Promise.resolve(createCache({ logger, ...options })));

describe('memory: bounds', () => {
  it('drops the least recently used when its bytes are used up', async () => {
    const { manager } = createCache({ logger, maxBytes: 4_000 });
    for (const id of ['a', 'b', 'c']) await manager.set(keys.user(id), 'x'.repeat(500));
    await manager.get(keys.user('a'));
    for (const id of ['d', 'e']) await manager.set(keys.user(id), 'x'.repeat(500));
    const kept = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map(async (id) => (await manager.get(keys.user(id))) !== undefined),
    );
    expect(kept).toEqual([true, false, false, true, true]);
  });
});

it('memory: hides no write, however reads, loads and writes fall together', async () => {
  const chaos = new CacheChaos({ writer: createCache({ logger }), rounds: 500 });
  await chaos.run();
  await chaos.settle();
});
