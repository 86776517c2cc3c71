import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelList } from './model-list.js';

const listOf = (...ids: string[]) => ids.map((id) => ({ id, ownedBy: 'tests' }));

describe('ModelList', () => {
  const load = vi.fn(async () => listOf('a'));
  beforeEach(() => void load.mockReset().mockImplementation(async () => listOf('a')));

  it('is waited for the first time, then asked for once per time to live', async () => {
    const list = new ModelList(load, 60_000);
    expect(list.isKnown).toBe(false);
    expect(await list.current()).toEqual(listOf('a'));
    await list.current();
    expect(load).toHaveBeenCalledTimes(1);
    expect([list.isKnown, list.has('a'), list.has('b')]).toEqual([true, true, false]);
  });

  it('answers from the old list while a new one is on its way', async () => {
    const list = new ModelList(load, 0);
    await list.current();
    const answer = Promise.withResolvers<ReturnType<typeof listOf>>();
    load.mockReturnValue(answer.promise);
    expect(await list.current()).toEqual(listOf('a'));
    answer.resolve(listOf('b'));
    await list.refresh();
    expect(list.known).toEqual(listOf('b'));
    expect(list.has('a')).toBe(false);
  });

  it('asks once for all who wait', async () => {
    const list = new ModelList(load, 60_000);
    await Promise.all([list.current(), list.current(), list.refresh(), list.refreshIfStale()]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('keeps the last good list, and tells only those who asked for a refresh of the failure', async () => {
    const list = new ModelList(load, 0);
    await list.current();
    load.mockRejectedValue(new Error('refused'));
    await expect(list.refresh()).rejects.toThrow('refused');
    expect(await list.current()).toEqual(listOf('a'));
  });

  it('does not ask again at once after a failure', async () => {
    const list = new ModelList(load, 60_000);
    load.mockRejectedValue(new Error('refused'));
    expect(await list.current()).toEqual([]);
    expect(await list.current()).toEqual([]);
    expect(load).toHaveBeenCalledTimes(1);
    expect(list.isKnown).toBe(false);
  });
});
