import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../fields/fields.js';
import { ageValueMs, freshnessLifetimeMs, initialAgeMs } from './freshness.js';
import { responseDirectives } from './response-directives.js';

const NOW = Date.UTC(2026, 10, 21);
const at = (seconds: number): string => new Date(NOW + seconds * 1000).toUTCString();
const lifetime = (...headers: string[]): number =>
  freshnessLifetimeMs(fieldsOf(headers), responseDirectives(fieldsOf(headers)), NOW) / 1000;

describe('the freshness lifetime (RFC 9111 section 4.2.1)', () => {
  it.each([
    [['Cache-Control', 's-maxage=5, max-age=60', 'Expires', at(90)], 5],
    [['Cache-Control', 'max-age=60', 'Expires', at(90)], 60],
    [['Cache-Control', 'max-age=x', 'Expires', at(90)], 0],
    [['Date', at(-10), 'Expires', at(90)], 100],
    [['Expires', at(90)], 90],
    [['Date', 'nonsense', 'Expires', at(90)], 90],
    [['Expires', at(-5)], 0],
    [['Expires', '0'], 0],
    [['Last-Modified', at(-1_000_000)], 0], // nothing is guessed
    [['CDN-Cache-Control', 'max-age=7', 'Cache-Control', 'max-age=60'], 7],
    [['CDN-Cache-Control', 'public', 'Expires', at(90)], 0], // RFC 9213 section 2.2
  ])('of %j is %d s', (headers, seconds) => expect(lifetime(...headers)).toBe(seconds));
});

describe('the age when it came (RFC 9111 section 4.2.3)', () => {
  const age = (headers: string[], delay = 0): number =>
    initialAgeMs(fieldsOf(headers), { requestedAt: NOW - delay, answeredAt: NOW });

  it('is the larger of the apparent one and the one it says, and the delay', () => {
    expect([age(['Date', at(-30)]), age(['Date', at(-30), 'Age', '60'], 500), age(['Date', at(30)]), age([])]).toEqual([
      30_000, 60_500, 0, 0,
    ]);
  });

  it.each([
    ['7', 7],
    ['7, 9', 7],
    ['x, 9', 0],
    ['-1', 0],
    ['7.5', 0],
  ])('reads Age: %s (section 5.1)', (value, seconds) =>
    expect(ageValueMs(fieldsOf(['Age', value]))).toBe(seconds * 1000),
  );
});
