import { describe, expect, it } from 'vitest';
import { cookieOf, cookiesBut, withoutCookie } from './cookies.js';

const isIgnored = (name: string): boolean => name === '_ga';

describe('cookiesBut', () => {
  it.each([
    ['leaves out ignored cookies', '_ga=1; session=ada; _ga=2', 'session=ada'],
    ['leaves nothing when all are ignored', '_ga=1', ''],
    ['leaves out a quoted one', '_ga="1"; session=ada', 'session=ada'],
    ['keeps a cookie without a name', '_ga; session=ada', '_ga; session=ada'],
    ['keeps all where quotes are open, for some servers read on to their end', 'a="x; _ga=1; y"', 'a="x; _ga=1; y"'],
    ['keeps all where a quote is escaped', 'a="x\\"; _ga=1; y"', 'a="x\\"; _ga=1; y"'],
    ['keeps an ignored one with a comma, at which some servers split', '_ga=1,session=eve', '_ga=1,session=eve'],
  ])('%s', (_, value, expected) => expect(cookiesBut(value, isIgnored)).toBe(expected));

  it('never gives the same text for two fields that some server reads differently, past ignored cookies', () => {
    const pieces = ['a', '_ga', '=', '"', ';', '; ', ',', '\\', '1', '2', ' '];
    const seen = new Map<string, string>();
    const random = sequence(20_261_126);
    for (let round = 0; round < 50_000; round++) {
      const value = Array.from({ length: 1 + (random() % 9) }, () => pieces[random() % pieces.length]).join('');
      const text = cookiesBut(value, isIgnored);
      const reading = READERS.map((read) => JSON.stringify(read(value))).join();
      expect(seen.get(text) ?? reading, `${value} -> ${text}`).toBe(reading);
      seen.set(text, reading);
    }
  });
});

/**
 * What servers make of a Cookie field, without the ignored one: by semicolons, by commas too, and with quotes held
 * together.
 */
const READERS = [/[^;]+/g, /[^;,]+/g, /(?:"(?:[^"\\]|\\.)*"|[^;])+/g].map(
  (pattern) => (value: string) =>
    [...value.matchAll(pattern)].map(([pair]) => pair.trim()).filter((pair) => pair !== '' && !/^_ga *=/.test(pair)),
);

/** Whole numbers, the same for the same seed. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 8;
}

it.each([
  ['a=1; b=2', '1'],
  ['b=2; a=1; a=3', '1'],
  ['b="; a=1"', '1"'],
  ['aa=1', undefined],
  ['a', undefined],
  [undefined, undefined],
])('finds a cookie in %s', (header, value) => expect(cookieOf(header, 'a')).toBe(value));

it('takes a cookie out, and leaves the rest byte for byte', () => {
  expect([
    withoutCookie('x=1;pod=a;  y=2', 'pod'),
    withoutCookie('x=1;ypod=2', 'pod'),
    withoutCookie('pod=a', 'pod'),
  ]).toEqual(['x=1; y=2', 'x=1;ypod=2', '']);
});
