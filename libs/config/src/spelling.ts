/** The word among `known` that is spelt most like `text`, upper and lower case alike, and at most `slips` letters apart. */
export function nearest(text: string, known: readonly string[], slips: (word: string) => number): string | undefined {
  const ranked = known
    .map((word) => ({ word, apart: distance(word.toLowerCase(), text.toLowerCase()) }))
    .filter(({ word, apart }) => apart <= slips(word))
    .sort((a, b) => a.apart - b.apart);
  return ranked[0]?.word;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
