import { describe, expect, it } from 'vitest';
import { PendingInvalidations } from './pending-invalidations.js';

describe('PendingInvalidations', () => {
  it('holds a key until it is settled', async () => {
    const pending = new PendingInvalidations(10);
    pending.add(['a', 'b']);
    await pending.settle('a', async () => {});
    expect([pending.has('a'), pending.has('b'), pending.isEmpty]).toEqual([false, true, false]);
  });

  it('keeps a key whose invalidation failed, or that was invalidated again meanwhile', async () => {
    const pending = new PendingInvalidations(10);
    pending.add(['a', 'b']);
    await expect(pending.settle('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await pending.settle('b', async () => pending.add(['b']));
    expect(pending.keys()).toEqual(['a', 'b']);
  });

  it('means every key past its bound, until all is purged', async () => {
    const pending = new PendingInvalidations(2);
    pending.add(['a', 'b']);
    expect(pending.has('z')).toBe(false);
    pending.add(['c']);
    expect([pending.has('z'), pending.keys()]).toEqual([true, []]);
    await expect(pending.settleOverflow(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await pending.settleOverflow(async () => pending.add(['d', 'e', 'f']));
    expect(pending.has('z')).toBe(true);
    await pending.settleOverflow(async () => {});
    expect(pending.isEmpty).toBe(true);
  });
});
