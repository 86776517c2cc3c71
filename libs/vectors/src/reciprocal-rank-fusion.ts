/** The constant of Cormack, Clarke and Büttcher (2009): how little the first ranks outweigh the next ones. */
const RANK_CONSTANT = 60;

/**
 * Joins ranked lists into one, best first. An item scores 1 / (60 + rank) in each list that has it; ranks count from 1.
 * @param keyOf returns equal keys for equal items
 */
export function reciprocalRankFusion<T>(
  lists: readonly (readonly T[])[],
  keyOf: (item: T) => string,
): { item: T; score: number }[] {
  const fused = new Map<string, { item: T; score: number }>();
  for (const list of lists) {
    list.forEach((item, index) => {
      const entry = fused.get(keyOf(item)) ?? { item, score: 0 };
      entry.score += 1 / (RANK_CONSTANT + index + 1);
      fused.set(keyOf(item), entry);
    });
  }
  return [...fused.values()].toSorted((a, b) => b.score - a.score);
}
