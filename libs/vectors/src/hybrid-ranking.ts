import { reciprocalRankFusion } from './reciprocal-rank-fusion.js';

/** Keyword ranks of a question in other words than the text are mostly chance. */
const VECTOR_WEIGHT = 3;
/** Embeddings contain no part numbers and few names, so the best keyword match stands here at the lowest, from 0. */
const LAST_PLACE = 2;

/**
 * Joins the matches of one or more spaces, best first.
 * @param keyOf returns equal keys for equal matches
 */
export function hybridRanking<T>(
  matches: readonly { byText: readonly T[]; byVector: readonly T[] }[],
  keyOf: (item: T) => string,
): { item: T; score: number }[] {
  const lists = matches.flatMap(({ byText, byVector }) => [
    { items: byText, weight: 1 },
    { items: byVector, weight: VECTOR_WEIGHT },
  ]);
  const ranked = reciprocalRankFusion(lists, keyOf);
  for (const [best] of matches.map(({ byText }) => byText)) if (best !== undefined) promote(ranked, keyOf(best), keyOf);
  return ranked;
}

function promote<T>(ranked: { item: T; score: number }[], key: string, keyOf: (item: T) => string): void {
  const place = ranked.findIndex(({ item }) => keyOf(item) === key);
  if (place <= LAST_PLACE) return;
  const [{ item }] = ranked.splice(place, 1) as [{ item: T; score: number }];
  ranked.splice(LAST_PLACE, 0, { item, score: ranked[LAST_PLACE]!.score });
}
