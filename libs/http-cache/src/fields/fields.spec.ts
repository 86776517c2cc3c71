import { describe, expect, it } from 'vitest';
import { fieldsOf, RawFields } from './fields.js';

const RAW = ['Accept', 'a', 'COOKIE', 'x=1', 'accept', 'b', 'Cookie', 'y=2', 'Empty', ''];

describe.each([
  ['fieldsOf', fieldsOf(RAW)],
  ['RawFields', new RawFields(RAW)],
])('%s', (_, fields) => {
  it('joins the lines of a field, whatever their case (RFC 9110 section 5.3)', () =>
    expect(fields.get('accept')).toBe('a, b'));
  it('joins cookies by their own separator (RFC 6265 section 5.4)', () =>
    expect(fields.get('cookie')).toBe('x=1; y=2'));
  it('knows an empty field from an absent one', () =>
    expect([fields.get('empty'), fields.has('empty'), fields.get('absent'), fields.has('absent')]).toEqual([
      '',
      true,
      undefined,
      false,
    ]));
  it('takes no value for a name', () => expect(fields.has('a')).toBe(false));
});
