import { describe, expect, it } from 'vitest';
import { decode, encode, freshMsOf } from './entry-codec.js';

const times = { freshUntil: 1_800_000_000_000, staleUntil: 1_800_000_060_000, graceUntil: 1_800_000_000_000 };

describe('entry codec', () => {
  it.each([null, 0, false, '', [], {}, 'a:b,c', { n: [1] }])('brings %j back, with its times', (value) => expect(decode(encode({ value, ...times }) ?? '')).toEqual({ value, ...times }));
  it('brings back that there is nothing', () => expect(decode(encode({ value: undefined, ...times }) ?? '')).toEqual(times));
  it.each([() => 1, 1n, Symbol('s')])('has no form for %s', (value) => expect(encode({ value, ...times })).toBeUndefined());
  it.each(['', 'garbage', '{"a":1}', '1:{"a":1}', '2:zz:1', '2:a,b,c:{', '2:A,b,c:1', '2:-1,0,0:1', `2:${'z'.repeat(20)},0,0:1`])('takes %j for a stranger', (text) => expect(decode(text)).toBeUndefined());
  it('says how long a text is fresh', () => {
    const text = encode({ value: 1, ...times }) ?? '';
    expect([freshMsOf(text, times.freshUntil - 5), freshMsOf(text, times.freshUntil + 5), freshMsOf('garbage', 0)]).toEqual([5, 0, 0]);
  });
});
