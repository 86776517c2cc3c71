import { describe, expect, it, vi } from 'vitest';
import { createEvents } from '../create-events.js';
import { delta, describeEvents, final } from '../testing/events-contract.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };

describeEvents('memory', async (options) => {
  const events = createEvents({ logger, ...options });
  return { ...events, close: () => events.log.close() };
});

describe('memory: bounds', () => {
  it('forgets the oldest finished job first, then the oldest', async () => {
    const { log } = createEvents({ logger, maxBytes: 1_000 });
    const text = 'x'.repeat(250);
    await log.append('running', [delta(1, 1, text)]);
    await log.append('done 1', [delta(1, 1, text), final(1, 2)]);
    await log.append('done 2', [delta(1, 1, text), final(1, 2)]);
    const kept = async () =>
      (await Promise.all(['running', 'done 1', 'done 2', 'new 1', 'new 2', 'new 3'].map((id) => log.read(id)))).map(
        (entries) => entries.length > 0,
      );
    await log.append('new 1', [delta(1, 1, text)]);
    expect(await kept()).toEqual([true, false, true, true, false, false]);
    await log.append('new 2', [delta(1, 1, text)]);
    expect(await kept()).toEqual([true, false, false, true, true, false]);
    await log.append('new 3', [delta(1, 1, text)]);
    expect(await kept()).toEqual([false, false, false, true, true, true]);
    await log.append('too big', [delta(1, 1, 'x'.repeat(2_000))]);
    expect(await log.read('too big')).toEqual([]);
    await log.close();
  });

  it('hands out copies', async () => {
    const { log } = createEvents({ logger });
    const written = delta(1, 1);
    await log.append('job', [written]);
    written.id.sequence = 9;
    const [read] = await log.read('job');
    expect(read).toEqual(delta(1, 1));
    await log.close();
  });
});
