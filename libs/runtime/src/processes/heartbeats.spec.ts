import { EventEmitter } from 'node:events';
import type { Worker } from 'node:cluster';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { REPORT_MS, Heartbeats } from './heartbeats.js';

const newWorker = () => new EventEmitter() as unknown as Worker;
const stopped = vi.fn();
let sut: Heartbeats;

beforeEach(() => {
  vi.useFakeTimers();
  stopped.mockClear();
  sut = new Heartbeats(stopped);
});
afterEach(() => {
  sut.close();
  vi.useRealTimers();
});

it('finds the process that is silent for ten turns, once, and not the one that reports', () => {
  const [silent, lively] = [newWorker(), newWorker()];
  sut.seen(silent);
  for (let turn = 1; turn <= 30; turn++) {
    sut.seen(lively);
    vi.advanceTimersByTime(REPORT_MS);
    expect(stopped).toHaveBeenCalledTimes(turn >= 10 ? 1 : 0);
  }
  expect(stopped).toHaveBeenCalledWith(silent);
});

it('watches neither one that has not begun nor one that has ended', () => {
  const ended = newWorker();
  sut.seen(ended);
  (ended as unknown as EventEmitter).emit('exit');
  vi.advanceTimersByTime(30 * REPORT_MS);
  expect(stopped).not.toHaveBeenCalled();
});
