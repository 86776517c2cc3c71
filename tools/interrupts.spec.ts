import { expect, it, onTestFinished, vi } from 'vitest';
import { watchInterrupts } from './interrupts.mjs';

it('counts presses of Ctrl-C, each of which npm delivers twice', () => {
  vi.useFakeTimers();
  const seen: number[] = [];
  const unwatch = watchInterrupts((count: number) => seen.push(count));
  onTestFinished(() => {
    unwatch();
    vi.useRealTimers();
  });
  process.emit('SIGINT');
  vi.advanceTimersByTime(20);
  process.emit('SIGINT');
  expect(seen).toEqual([1]);
  vi.advanceTimersByTime(1_000);
  process.emit('SIGINT');
  expect(seen).toEqual([1, 2]);
});
