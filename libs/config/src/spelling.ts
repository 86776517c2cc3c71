/**
 * Returns the word of `known` that is closest to `text`, if it needs at most `slips` edits: an added, missing or
 * replaced letter, or two swapped neighbours. Case is ignored.
 */
export function nearest(text: string, known: readonly string[], slips: (word: string) => number): string | undefined {
  const ranked = known
    .filter((word) => Math.abs(word.length - text.length) <= slips(word))
    .map((word) => ({ word, apart: slipsBetween(word.toLowerCase(), text.toLowerCase()) }))
    .filter(({ word, apart }) => apart <= slips(word))
    .sort((a, b) => a.apart - b.apart);
  return ranked[0]?.word;
}

/** Optimal string alignment distance. */
function slipsBetween(a: string, b: string): number {
  let [beforeLast, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        last![j]! + 1,
        row[j - 1]! + 1,
        last![j - 1]! + cost,
        isSwapped ? beforeLast![j - 2]! + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last!, row];
  }
  return last!.at(-1)!;
}
