import { DependencyUnavailableError, NotFoundError, SlipstreamError } from '@slipstream/contracts';
import { describe, expect, it } from 'vitest';
import { boundAttempts, outcomeOfError } from './retry-policy.js';

const lowest = () => 0;
const middle = () => 0.5;
const highest = () => 1 - Number.EPSILON;
const busy = new SlipstreamError('pool_busy', 'Busy.');

describe('the pause before another try', () => {
  it.each([
    [1, 500, 1_000, 1_500],
    [2, 2_000, 4_000, 6_000],
    [3, 8_000, 16_000, 24_000],
    [5, 128_000, 256_000, 384_000],
    [6, 150_000, 300_000, 450_000],
    [1_000, 150_000, 300_000, 450_000],
  ])('attempt %i waits from %i over %i to %i ms', (attempt, least, mean, most) => {
    const pauses = [lowest, middle, highest].map((random) => outcomeOfError(busy, attempt, random));
    expect(pauses).toEqual([least, mean, most].map((afterMs) => ({ do: 'retry', afterMs })));
  });
});

describe('outcomeOfError', () => {
  it('retries a retryable error, no sooner than the error says', () => {
    expect(outcomeOfError(busy, 2, middle)).toEqual({ do: 'retry', afterMs: 4_000 });
    expect(outcomeOfError(new DependencyUnavailableError('mongodb', { retryAfterSeconds: 60 }), 1, middle)).toEqual({
      do: 'retry',
      afterMs: 60_000,
    });
  });

  it('buries anything else, with a reason of bounded length', () => {
    expect(outcomeOfError(new NotFoundError('chat', 'c'), 1)).toEqual({
      do: 'dead-letter',
      reason: "chat_not_found: The chat 'c' does not exist.",
    });
    const outcome = outcomeOfError('x'.repeat(10_000), 1);
    expect(outcome.do === 'dead-letter' && outcome.reason.length).toBe(500);
  });
});

describe('boundAttempts', () => {
  const retry = { do: 'retry', afterMs: 1 } as const;

  it('lets the attempt before the last be retried, and the last not', () => {
    expect(boundAttempts(retry, 2, 3)).toBe(retry);
    expect(boundAttempts(retry, 3, 3, new Error('why'))).toEqual({
      do: 'dead-letter',
      reason: 'attempts_exhausted after 3: why',
    });
  });

  it('touches no other outcome', () => {
    expect(boundAttempts({ do: 'ack' }, 9, 3)).toEqual({ do: 'ack' });
  });
});
