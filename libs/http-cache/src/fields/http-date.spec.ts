import { expect, it } from 'vitest';
import { parseHttpDate } from './http-date.js';

const NOW = Date.UTC(2026, 10, 21);
const SAME = Date.UTC(1994, 10, 6, 8, 49, 37);

it.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', SAME],
  ['Sunday, 06-Nov-94 08:49:37 GMT', SAME],
  ['Sun Nov  6 08:49:37 1994', SAME],
  ['SUN, 06 nOV 1994 08:49:37 gmt', SAME],
  ['Sunday, 06-Nov-76 08:49:37 GMT', Date.UTC(2076, 10, 6, 8, 49, 37)], // less than 50 years ahead
  ['Sunday, 06-Nov-77 08:49:37 GMT', Date.UTC(1977, 10, 6, 8, 49, 37)],
  ['Sun, 06 Nov 1994 08:49:37 UTC', undefined],
  ['Sun, 06 Nov 94 08:49:37 GMT', undefined],
  ['Sun 06 Nov 1994 08:49:37 GMT', undefined],
  ['Sun, 06  Nov 1994 08:49:37 GMT', undefined],
  ['Sun, 06-Nov-1994 08:49:37 GMT', undefined],
  ['Sun, 06 Nov 1994 08.49.37 GMT', undefined],
  ['Sun, 06 Nov 1994 8:49:37 GMT', undefined],
  ['Sun, 06 Nov 1994 24:49:37 GMT', undefined],
  ['Sun, 00 Nov 1994 08:49:37 GMT', undefined],
  ['0', undefined],
  [undefined, undefined],
])('reads %j (RFC 9110 section 5.6.7)', (text, time) => expect(parseHttpDate(text, NOW)).toBe(time));
