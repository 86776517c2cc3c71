import { beforeEach, describe, expect, it } from 'vitest';
import type { FillOutcome, Lookup } from '../cache-store.port.js';
import { encode } from '../entry-codec.js';
import type { RedisCacheStore } from '../redis/redis.cache-store.js';
import type { InvalidationChannel } from './invalidation-channel.js';
import { TwoLevelCacheStore } from './two-level.cache-store.js';

const text = (value: unknown) => encode({ value, freshUntil: Date.now() + 60_000, staleUntil: 0, graceUntil: 0 }) ?? '';

/** Redis and the channel, answering when the spec says so. Every interleaving of a read with an invalidation is a spec of its own. */
describe('TwoLevelCacheStore', () => {
  const channel = { isTrusted: true, close: () => {} };
  let answers: PromiseWithResolvers<Lookup>[];
  let fills: PromiseWithResolvers<FillOutcome>[];
  let store: TwoLevelCacheStore;

  const next = <T>(list: PromiseWithResolvers<T>[]) => {
    const answer = Promise.withResolvers<T>();
    list.push(answer);
    return answer.promise;
  };

  beforeEach(() => {
    channel.isTrusted = true;
    answers = [];
    fills = [];
    const lease = { leads: true, fill: () => next(fills), giveUp: () => {} };
    const shared = { lookup: () => next(answers), lease: async () => lease, remove: async () => {}, write: async () => {}, removeTag: async () => ['k'], close: () => {} };
    store = new TwoLevelCacheStore(channel as unknown as InvalidationChannel, shared as unknown as RedisCacheStore, 100_000);
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
    ['the channel falls silent', () => void (channel.isTrusted = false)],
  ])('does not keep what it read while %s', async (_, happening) => {
    await readAround(happening);
    channel.isTrusted = true;
    expect(store.peek('k')).toBeUndefined();
  });

  it('does not keep what it began to read before the channel was heard', async () => {
    channel.isTrusted = false;
    await readAround(() => void (channel.isTrusted = true));
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

  it('does not keep what it loaded by a lease from before the channel was heard', async () => {
    channel.isTrusted = false;
    const lease = await store.lease('k', []);
    channel.isTrusted = true;
    const filled = lease?.fill(text('old'), 1_000);
    fills[0]?.resolve('stored');
    expect(await filled).toBe('stored');
    expect(store.peek('k')).toBeUndefined();
  });

  it('gives nothing from memory while the channel is not trusted', async () => {
    await readAround(() => {});
    channel.isTrusted = false;
    expect(store.peek('k')).toBeUndefined();
    void store.lookup('k');
    expect(answers).toHaveLength(2);
  });
});
