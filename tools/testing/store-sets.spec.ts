import { describe, expect, it } from 'vitest';
import { filesAtOnce, storeSetsOf, storesOfWorker } from './store-sets.mjs';

const set = (name: string) => ({
  REDIS_URL: `redis://${name}`,
  RABBITMQ_URL: `amqp://${name}`,
  MONGODB_URI: `mongodb://${name}`,
});

describe('the sets of stores of a run', () => {
  it('are as many as files run at once', () => {
    const env = { SLIPSTREAM_STORE_SETS: JSON.stringify([set('a'), set('b')]) };
    expect([storeSetsOf(env), filesAtOnce(env)]).toEqual([[set('a'), set('b')], 2]);
  });

  it('are none outside npm test: one file at a time', () => {
    expect([storeSetsOf({}), filesAtOnce({})]).toEqual([[], 1]);
  });

  it.each([
    [['a', 'b'], '1', 'a'],
    [['a', 'b'], '2', 'b'],
    [['a'], '2', 'a'],
    [['a'], undefined, 'a'],
  ])('of %j, worker %s uses one of its own: %s', (sets, poolId, own) => {
    expect(storesOfWorker(sets, poolId)).toBe(own);
  });
});
