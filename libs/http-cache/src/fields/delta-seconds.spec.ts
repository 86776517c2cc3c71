import { expect, it } from 'vitest';
import { parseDeltaSeconds } from './delta-seconds.js';

it.each([
  ['0', 0],
  ['003600', 3600],
  ['2147483648', 2 ** 31],
  ['99999999999999999999', 2 ** 31],
  ['-1', undefined],
  ['1.5', undefined],
  [' 1', undefined],
  ['', undefined],
  [undefined, undefined],
])('reads %j (RFC 9111 section 1.2.2)', (text, seconds) => expect(parseDeltaSeconds(text)).toBe(seconds));
