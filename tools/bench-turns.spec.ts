import { describe, expect, it } from 'vitest';
import { turnsOf } from '../bench/harness/turns.mjs';
import { roundRatio, speedRatios } from '../bench/harness/ratios.mjs';

describe('the turns of a bench', () => {
  it.each([
    [2, 'ab ba ba ab'],
    [3, 'abc cba bca acb cab bac'],
  ])('of %d ways, round by round: %s', (count, expected) => {
    const ways = [...'abc'].slice(0, count);
    const rounds = Array.from({ length: count * 2 }, (_, round) => turnsOf(ways, round).join(''));
    expect(rounds.join(' ')).toBe(expected);
  });

  it.each([2, 3, 4, 6])('of %d ways give each way each place equally often', (count) => {
    const ways = Array.from({ length: count }, (_, way) => way);
    const places = ways.map(() => ways.map(() => 0));
    for (let round = 0; round < count * 2; round++)
      for (const [place, way] of turnsOf(ways, round).entries()) places[way]![place]! += 1;
    expect(places.flat().every((times) => times === 2)).toBe(true);
  });
});

describe('the ratio of two ways', () => {
  const way = (...perSecond: number[]) => ({
    rounds: perSecond.map((one) => ({ perSecond: one, cpuMicros: 1e6 / one })),
  });

  it('is taken within each round, so that a machine that slows down changes nothing', () => {
    expect(roundRatio(way(90, 45, 180), way(100, 50, 200), 'perSecond')).toBeCloseTo(0.9);
  });

  it('per second of a core is that of the inverse CPU per request', () => {
    const { bySecond, byCore } = speedRatios(way(120, 60), way(100, 50));
    expect([bySecond.toFixed(2), byCore.toFixed(2)]).toEqual(['1.20', '1.20']);
  });
});
