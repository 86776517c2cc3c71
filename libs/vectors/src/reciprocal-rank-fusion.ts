/**
 * How little the first ranks outweigh the next ones. Cormack, Clarke and Büttcher (2009) have 60, for lists of 1,000; a
 * search has some dozens.
 */
const RANK_CONSTANT = 10;

/** A list, best first, and how much its ranks count. */
export interface RankedList<T> {
  items: readonly T[];
  weight: number;
}

/**
 * Joins ranked lists into one, best first. An item scores weight / (10 + rank) in each list that has it; ranks count
 * from 1.
 * @param keyOf returns equal keys for equal items
 */
export function reciprocalRankFusion<T>(
  lists: readonly RankedList<T>[],
  keyOf: (item: T) => string,
): { item: T; score: number }[] {
  const fused = new Map<string, { item: T; score: number }>();
  for (const { items, weight } of lists) {
    items.forEach((item, index) => {
      const entry = fused.get(keyOf(item)) ?? { item, score: 0 };
      entry.score += weight / (RANK_CONSTANT + index + 1);
      fused.set(keyOf(item), entry);
    });
  }
  return [...fused.values()].toSorted((a, b) => b.score - a.score);
}
