import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPLACED_WORDS, replacedWordsIn } from './public-words.mjs';
import { ROOT } from './workspace.mjs';

describe('replacedWordsIn', () => {
  it.each([
    ['The flight was lost', ['flight']],
    ['Two flights, and their audience', ['flight', 'audience']],
    ['Wishes come true', ['wish']],
    ['a two-level cache', ['two-level']],
    ['the default of several operators', []],
    ['flight', []],
    ['slipstream_flights', []],
  ])('finds in %j: %j', (text, words) => {
    expect(replacedWordsIn(text)).toEqual(words);
  });
});

describe('the glossary', () => {
  const glossary = readFileSync(join(ROOT, 'docs', 'glossary.md'), 'utf8');

  it('uses none of the words that its terms replaced', () => {
    expect(Object.keys(REPLACED_WORDS).filter((word) => replacedWordsIn(glossary).includes(word))).toEqual([]);
  });

  it('defines each term once', () => {
    const terms = [...glossary.matchAll(/^\| (?!term|---)([^|]+) \|/gm)].map(([, term]) => term);
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
  });
});
