import type { Lane } from '@slipstream/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LaneTurns } from './lane-turns.js';

const both = () => true;
const only = (wanted: Lane) => (lane: Lane) => lane === wanted;
const onGraceOver = vi.fn();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  onGraceOver.mockReset();
});

const turnsOf = (concurrency: number, graceMs = 0) => new LaneTurns({ concurrency, graceMs, onGraceOver });

/** Begins and ends `count` deliveries, one after the other. */
function lanesTaken(sut: LaneTurns, isWaiting: (lane: Lane) => boolean, count: number): (Lane | undefined)[] {
  return Array.from({ length: count }, () => {
    const lane = sut.next(isWaiting);
    if (lane) {
      sut.begin(lane);
      sut.end(lane);
    }
    return lane;
  });
}

describe('LaneTurns', () => {
  it('takes interactive first, and after eight of them one background', () => {
    expect(lanesTaken(turnsOf(1), both, 18)).toEqual([
      ...Array(8).fill('interactive'),
      'background',
      ...Array(8).fill('interactive'),
      'background',
    ]);
  });

  it.each<Lane>(['interactive', 'background'])('takes what there is when only %s waits', (lane) => {
    expect(new Set(lanesTaken(turnsOf(1), only(lane), 20))).toEqual(new Set([lane]));
  });

  it('takes nothing when nothing waits', () => {
    expect(turnsOf(1).next(() => false)).toBeUndefined();
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [8, 4],
  ])('of %i places background work holds %i', (concurrency, places) => {
    const sut = turnsOf(concurrency);
    for (let n = 0; n < places; n += 1) {
      expect(sut.next(only('background'))).toBe('background');
      sut.begin('background');
    }
    expect(sut.next(only('background'))).toBeUndefined();
    expect(sut.next(both)).toBe('interactive');
    sut.end('background');
    expect(sut.next(only('background'))).toBe('background');
  });

  it('keeps the place of interactive work for a moment, then says that it is free', () => {
    const sut = turnsOf(1, 50);
    sut.begin('interactive');
    sut.end('interactive');
    expect(sut.next(only('background'))).toBeUndefined();
    expect(sut.next(both)).toBe('interactive');
    vi.advanceTimersByTime(49);
    expect(onGraceOver).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onGraceOver).toHaveBeenCalledOnce();
    expect(sut.next(only('background'))).toBe('background');
  });

  it('gives background work its turn without waiting when it is due', () => {
    const sut = turnsOf(1, 50);
    lanesTaken(sut, only('interactive'), 8);
    expect(sut.next(only('background'))).toBe('background');
  });
});
