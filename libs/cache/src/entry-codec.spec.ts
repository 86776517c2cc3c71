import { describe, expect, it } from 'vitest';
import { decode, encode, freshMsOf } from './entry-codec.js';

const HOUR = 3_600_000;
const storedAt = 1_800_000_000_000;
const times = { storedAt, freshUntil: storedAt + 5_000, staleUntil: storedAt + 65_000, graceUntil: storedAt + 5_000 };

describe('entry codec', () => {
  it.each([null, 0, false, '', [], {}, 'a:b,c', { n: [1] }])('brings %j back, with its times', (value) =>
    expect(decode(encode({ value, ...times }) ?? '', storedAt)).toEqual({ value, ...times }),
  );
  it('brings back that there is nothing', () =>
    expect(decode(encode({ value: undefined, ...times }) ?? '', storedAt)).toEqual(times));
  it.each([() => 1, 1n, Symbol('s')])('has no form for %s', (value) =>
    expect(encode({ value, ...times })).toBeUndefined(),
  );
  it.each([
    '',
    'garbage',
    '{"a":1}',
    '2:a,b,c:1',
    '3:zz:1',
    '3:a,b,c,d:{',
    '3:A,b,c,d:1',
    '3:-1,0,0,0:1',
    `3:${'z'.repeat(20)},0,0,0:1`,
  ])('takes %j for a stranger', (text) => expect(decode(text, storedAt)).toBeUndefined());
  it('says how long a text is fresh', () => {
    const text = encode({ value: 1, ...times }) ?? '';
    expect([
      freshMsOf(text, times.freshUntil - 5),
      freshMsOf(text, times.freshUntil + 5),
      freshMsOf('garbage', 0),
    ]).toEqual([5, 0, 0]);
  });

  it.each([
    ['an hour behind the one that stored it', -HOUR, 0],
    ['a second behind, as clocks are', -1_000, 6_000],
    ['an hour ahead', HOUR, 0],
  ])('is fresh for no longer than it was meant to be, in a process whose clock is %s', (_, skewMs, freshMs) => {
    const text = encode({ value: 1, ...times }) ?? '';
    const now = storedAt + skewMs;
    expect(freshMsOf(text, now)).toBe(freshMs);
    expect(now < (decode(text, now)?.freshUntil ?? 0)).toBe(freshMs > 0);
  });
});
