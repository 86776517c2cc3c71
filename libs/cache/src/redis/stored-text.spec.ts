import { describe, expect, it } from 'vitest';
import { decodeStored, encodeStored } from './stored-text.js';

describe('a text in Redis', () => {
  it.each([
    { position: 0, tags: [], text: '' },
    { position: 42, tags: ['t', ']\n"'], text: '2:a,0,0:{"a":"]\\n"}' },
    { position: 2 ** 49, tags: ['é'], text: '7 []\nmore' },
  ])('comes back as it was: %j', (stored) => expect(decodeStored(encodeStored(stored))).toEqual(stored));

  it.each([
    '',
    'text',
    '2:zz,0,0:{}',
    '-1 []\nx',
    '1 \nx',
    '1 [1]\nx',
    '1 [\nx',
    '1 {}\nx',
    `${'9'.repeat(16)} []\nx`,
    '1 []',
  ])('is not: %j', (foreign) => expect(decodeStored(foreign)).toBeUndefined());
});
