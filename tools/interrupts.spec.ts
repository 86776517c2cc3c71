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

it('reloads at SIGHUP, while the terminal is as it was', () => {
  const [interrupted, reloaded] = [vi.fn(), vi.fn()];
  onTestFinished(watchInterrupts(interrupted, { onReload: reloaded }));
  process.emit('SIGHUP');
  expect(reloaded).toHaveBeenCalledOnce();
  expect(interrupted).not.toHaveBeenCalled();
});

it('is interrupted by SIGHUP where nothing can be reloaded', () => {
  const interrupted = vi.fn();
  onTestFinished(watchInterrupts(interrupted));
  process.emit('SIGHUP');
  expect(interrupted).toHaveBeenCalledOnce();
});
