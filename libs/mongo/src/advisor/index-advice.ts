import type { QueryAdvice } from '@slipstream/contracts';
import { isServedBy } from '../explain/advised-indexes.js';
import type { KeyPattern } from '../explain/plan-stage.js';
import type { QueryTotals } from '../monitor/query-totals.js';
import type { CollectionIndex } from './collection-indexes.js';

/** Each index costs every write of its collection. */
const MAX_NEW_PER_COLLECTION = 3;
/** The server's own limit. */
const MAX_INDEXES = 64;
/** An index counts as unused after this time without a read. */
const UNUSED_MS = 7 * 86_400_000;
/** Reads of one shape in one piece of work from which they should be one read. */
const MIN_REPEATED = 10;

type Create = Extract<QueryAdvice, { kind: 'create_index' }>;

/** Returns indexes that would make the queries faster, the largest saving first, and superfluous indexes. */
export function adviceOn(
  queries: readonly QueryTotals[],
  indexes: readonly CollectionIndex[],
  now: Date,
): QueryAdvice[] {
  return [
    ...missingIndexes(queries, indexes),
    ...queriesToChange(queries),
    ...repeatedReads(queries),
    ...superfluousIndexes(indexes, now),
  ];
}

function missingIndexes(queries: readonly QueryTotals[], indexes: readonly CollectionIndex[]): Create[] {
  const wanted = queries
    .flatMap(indexesFor)
    .filter(({ collection, index }) => !isReachable(collection, index, indexes));
  const merged: Create[] = [];
  for (const each of wanted.toSorted((a, b) => Object.keys(b.index).length - Object.keys(a.index).length)) {
    const longer = merged.find(
      ({ collection, index }) => collection === each.collection && isServedBy(each.index, index),
    );
    if (!longer) merged.push(each);
    else addTo(longer, each);
  }
  const ranked = merged.toSorted((a, b) => b.savesMs - a.savesMs);
  return [...Map.groupBy(ranked, ({ collection }) => collection)]
    .flatMap(([collection, all]) => all.slice(0, roomFor(collection, indexes)))
    .toSorted((a, b) => b.savesMs - a.savesMs);
}

/** The indexes that the plan of a query lacks. Their saving is a share of the time of its queries. */
function indexesFor({ id, totalMs, plan }: QueryTotals): Create[] {
  if (!plan) return [];
  const examined = Math.max(plan.docsExamined, plan.keysExamined);
  const share = examined === 0 ? 0 : Math.max(0, 1 - Math.max(1, plan.returned) / examined);
  const found = plan.findings.flatMap(({ collection, index, detail }) =>
    index ? [{ kind: 'create_index' as const, collection, index, reason: detail }] : [],
  );
  const distinct = [...new Map(found.map((each) => [JSON.stringify([each.collection, each.index]), each])).values()];
  return distinct.map((each) => ({ ...each, queries: [id], savesMs: Math.round((totalMs * share) / distinct.length) }));
}

function addTo(into: Create, { queries, savesMs }: Create): void {
  into.queries = [...new Set([...into.queries, ...queries])];
  into.savesMs += savesMs;
}

/** Whether the planner could choose such an index already; a hidden one, it could not. */
const isReachable = (collection: string, index: KeyPattern, indexes: readonly CollectionIndex[]): boolean =>
  indexes.some(
    (each) =>
      each.collection === collection &&
      !each.isHidden &&
      (each.purpose === undefined || each.purpose === 'unique' || each.purpose === 'ttl') &&
      isServedBy(index, each.key),
  );

const roomFor = (collection: string, indexes: readonly CollectionIndex[]): number =>
  Math.max(
    0,
    Math.min(MAX_NEW_PER_COLLECTION, MAX_INDEXES - indexes.filter((each) => each.collection === collection).length),
  );

/** Findings that no index ends. */
const queriesToChange = (queries: readonly QueryTotals[]): QueryAdvice[] =>
  queries.flatMap(({ id, plan }) =>
    (plan?.findings ?? [])
      .filter(({ index }) => !index)
      .map(({ code, collection, detail }) => ({
        kind: 'change_query' as const,
        collection,
        queries: [id],
        code,
        reason: detail,
      })),
  );

const repeatedReads = (queries: readonly QueryTotals[]): QueryAdvice[] =>
  queries
    .filter(({ maxPerWork }) => maxPerWork >= MIN_REPEATED)
    .map(({ id, collection, maxPerWork }) => ({
      kind: 'load_together' as const,
      collection,
      queries: [id],
      reason: `sent ${maxPerWork} times within a second by one request or job: load the documents together with $in`,
    }));

/** Hiding is undone in an instant, so an index is hidden first, watched, and then dropped. */
const superfluousIndexes = (indexes: readonly CollectionIndex[], now: Date): QueryAdvice[] =>
  indexes
    .filter(({ purpose, isHidden }) => purpose === undefined && !isHidden)
    .flatMap((index) => {
      const reason = redundancyOf(index, indexes) ?? disuseOf(index, now);
      return reason === undefined
        ? []
        : [{ kind: 'hide_index' as const, collection: index.collection, name: index.name, index: index.key, reason }];
    });

function redundancyOf(index: CollectionIndex, indexes: readonly CollectionIndex[]): string | undefined {
  const longer = indexes.find(
    (other) =>
      other !== index &&
      other.collection === index.collection &&
      !other.isHidden &&
      (other.purpose === undefined || other.purpose === 'unique') &&
      isServedBy(index.key, other.key) &&
      (Object.keys(other.key).length > Object.keys(index.key).length || other.name < index.name),
  );
  return longer && `${longer.name} begins with the same fields and serves the same reads`;
}

const disuseOf = ({ uses, usedSince }: CollectionIndex, now: Date): string | undefined =>
  uses === 0 && usedSince && now.getTime() - usedSince.getTime() >= UNUSED_MS
    ? `no read used it since ${usedSince.toISOString().slice(0, 10)}`
    : undefined;
