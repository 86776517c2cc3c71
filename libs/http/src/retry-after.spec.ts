import { expect, it } from 'vitest';
import { retryAfterSeconds } from './retry-after.js';

const NOW = new Date('2026-11-21T10:00:00Z');

it.each([
  ['120', 120],
  ['0', 0],
  ['Sat, 21 Nov 2026 10:01:30 GMT', 90],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ['999999999999', 86_400],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['', undefined],
  [undefined, undefined],
])('asks by %s for %s', (header, seconds) => expect(retryAfterSeconds(header, NOW)).toBe(seconds));
