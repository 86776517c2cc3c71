import { expect, it, vi } from 'vitest';
import { answerInTime } from './answer-in-time.js';

it('gives what comes in time, and nothing for what fails or comes too late', async () => {
  vi.useFakeTimers();
  try {
    expect(await answerInTime(50, Promise.resolve('here'))).toBe('here');
    expect(await answerInTime(50, Promise.reject(new Error('away')))).toBeUndefined();
    const never = answerInTime(50, new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(50);
    expect(await never).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
