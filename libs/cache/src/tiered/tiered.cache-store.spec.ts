import { steadyNow } from '@slipstream/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FillOutcome, Lookup } from '../cache-store.port.js';
import { encode } from '../entry-codec.js';
import type { RedisCacheStore } from '../redis/redis.cache-store.js';
import { TieredCacheStore } from './tiered.cache-store.js';

const text = (value: unknown) =>
  encode({ value, storedAt: steadyNow(), freshUntil: steadyNow() + 60_000, staleUntil: 0, graceUntil: 0 }) ?? '';

/** Redis, answering when the spec says so. Every interleaving of a read with an invalidation is a spec of its own. */
describe('TieredCacheStore', () => {
  const purges = { isLive: true, close: () => {} };
  let answers: PromiseWithResolvers<Lookup>[];
  let fills: PromiseWithResolvers<FillOutcome>[];
  let store: TieredCacheStore;

  const next = <T>(list: PromiseWithResolvers<T>[]) => {
    const answer = Promise.withResolvers<T>();
    list.push(answer);
    return answer.promise;
  };

  beforeEach(() => {
    purges.isLive = true;
    answers = [];
    fills = [];
    const lease = { leads: true, fill: () => next(fills), giveUp: () => {} };
    const shared = {
      lookup: () => next(answers),
      lease: async () => lease,
      remove: async () => true,
      write: async () => {},
      removeTag: async () => true,
    };
    store = new TieredCacheStore(purges, shared as unknown as RedisCacheStore, 100_000);
  });

  const hit = (value: unknown): Lookup => ({ kind: 'hit', text: text(value), level: 'shared' });
  /** Reads from Redis what it had when it was asked, with something happening in between. */
  const readAround = async (happening: () => unknown) => {
    const read = store.lookup('k');
    await happening();
    answers[0]?.resolve(hit('old'));
    await read;
  };

  it('keeps what Redis had', async () => {
    await readAround(() => {});
    expect(store.peek('k')).toContain('old');
  });

  it.each([
    ['another process invalidates', () => store.forget(['k'])],
    ['this process invalidates', () => store.remove(['k'])],
    ['this process writes', () => store.write('k', text('new'), 1_000, [])],
    ['its tag is dropped', () => store.removeTag('t')],
    ['the connection is lost', () => store.forgetEverything()],
    ['purges are received no more', () => void (purges.isLive = false)],
  ])('does not keep what it read while %s', async (_, happening) => {
    await readAround(happening);
    purges.isLive = true;
    expect(store.peek('k')).toBeUndefined();
  });

  it('does not keep what it began to read before purges were received', async () => {
    purges.isLive = false;
    await readAround(() => void (purges.isLive = true));
    expect(store.peek('k')).toBeUndefined();
  });

  it('keeps what it read while another key was invalidated', async () => {
    await readAround(() => store.forget(['other']));
    expect(store.peek('k')).toContain('old');
  });

  it('keeps what a read found that began after the invalidation, though an older one is still under way', async () => {
    const early = store.lookup('k');
    store.forget(['k']);
    const late = store.lookup('k');
    answers[1]?.resolve(hit('new'));
    await late;
    answers[0]?.resolve(hit('old'));
    await early;
    expect(store.peek('k')).toContain('new');
  });

  it.each([
    ['stored', 'nothing happens', () => {}, true],
    ['superseded', 'nothing happens', () => {}, false],
    ['unavailable', 'nothing happens', () => {}, false],
    ['stored', 'it is invalidated', () => store.forget(['k']), false],
  ] as const)('after a fill that was %s, while %s', async (outcome, _, happening, isKept) => {
    const lease = await store.lease('k', []);
    const filled = lease?.fill(text('new'), 1_000);
    happening();
    fills[0]?.resolve(outcome);
    expect(await filled).toBe(outcome);
    expect(store.peek('k') !== undefined).toBe(isKept);
  });

  it('does not keep what it loaded by a lease from before purges were received', async () => {
    purges.isLive = false;
    const lease = await store.lease('k', []);
    purges.isLive = true;
    const filled = lease?.fill(text('old'), 1_000);
    fills[0]?.resolve('stored');
    expect(await filled).toBe('stored');
    expect(store.peek('k')).toBeUndefined();
  });

  it('gives nothing from memory while purges may be missed', async () => {
    await readAround(() => {});
    purges.isLive = false;
    expect(store.peek('k')).toBeUndefined();
    void store.lookup('k');
    expect(answers).toHaveLength(2);
  });
});
