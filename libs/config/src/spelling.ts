import leven from 'leven';

/**
 * The word among `known` that is spelt most like `text`, upper and lower case alike, and at most `slips` letters apart
 * (Levenshtein).
 */
export function nearest(text: string, known: readonly string[], slips: (word: string) => number): string | undefined {
  const ranked = known
    .map((word) => ({ word, apart: leven(word.toLowerCase(), text.toLowerCase()) }))
    .filter(({ word, apart }) => apart <= slips(word))
    .sort((a, b) => a.apart - b.apart);
  return ranked[0]?.word;
}
