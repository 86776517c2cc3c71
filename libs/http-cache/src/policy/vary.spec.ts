import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../fields/fields.js';
import { MAX_VARY_NAMES, variantOf, varyNames } from './vary.js';

const names = (value: string) => varyNames(fieldsOf(['Vary', value]));
const variant = (name: string, value: string | undefined) =>
  variantOf([name], { selecting: () => value, respelled: () => undefined });

it.each([
  ['Accept, accept-Encoding, ACCEPT', ['accept', 'accept-encoding']],
  ['', []],
  ['*', undefined],
  ['accept, *', undefined],
  [Array.from({ length: MAX_VARY_NAMES + 1 }, (_, i) => `x${i}`).join(), undefined],
])('reads %s (RFC 9110 section 12.5.5)', (value, expected) => expect(names(value)).toEqual(expected));

describe('what selects the same answer (RFC 9111 section 4.1)', () => {
  it.each([
    ['accept-language', 'en, de', 'DE,en', true],
    ['accept-language', 'en;q=1.0, de;q=0.5', 'de; q=0.5,en', true],
    ['accept-language', 'en;q=0.5, de', 'en, de;q=0.5', false],
    ['accept-encoding', 'gzip, br', 'br,gzip', true],
    ['accept-encoding', 'gzip, deflate, br', 'br, gzip, foo', true],
    ['accept-encoding', 'gzip, br', 'gzip', false],
    ['accept-encoding', 'gzip', undefined, false],
    ['x-list', 'a, b', 'a,b', true],
    ['x-list', 'a, b', 'b, a', false],
    ['x-list', 'a', 'A', false],
    ['x-list', 'a', undefined, false],
    ['x-list', '', undefined, false], // absent matches absent only
    ['cookie', 'a=1, b', 'a=1,b', false], // two that look alike may be two people's
    ['authorization', 'Bearer a', 'bearer a', false],
  ])('%s: %j and %j: %s', (name, one, other, isSame) =>
    expect(variant(name, one) === variant(name, other)).toBe(isSame),
  );

  it('is told apart by names too', () => {
    const value = (over: Record<string, string>) => ({
      selecting: (name: string) => over[name],
      respelled: () => undefined,
    });
    expect(variantOf(['a', 'b'], value({ a: '1' }))).not.toBe(variantOf(['a', 'b'], value({ b: '1' })));
    expect(variantOf(['a'], value({ a: 'b:1' }))).not.toBe(variantOf(['a', 'b'], value({ a: '', b: '1' })));
  });

  it('is told apart by the lines of another spelling, and their order', () => {
    const lines = [
      undefined,
      ['a-b', '1'],
      ['a_b', '1'],
      ['a_b', '1', 'a-b', '1'],
      ['a-b', '1', 'a_b', '1'],
      ['a_b', '1:1'],
      ['a_b', '1, 1'],
    ];
    const variants = lines.map((respelled) =>
      variantOf(['a-b'], { selecting: () => undefined, respelled: () => respelled }),
    );
    expect(new Set(variants).size).toBe(lines.length);
  });

  it('goes on when more was remembered than is kept', () => {
    for (let i = 0; i < 2_000; i++)
      expect(variant('accept-language', `en;q=1, x${i}`)).toBe(variant('accept-language', `x${i},en`));
  });
});
