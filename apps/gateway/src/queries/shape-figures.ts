import type { IndexTrial, QueryPlan } from '@slipstream/contracts';
import { queryTotals } from '@slipstream/mongo';
import type { SharedQueries } from '@slipstream/runtime';

export type Figures = IndexTrial['shapes'][number]['before'];
export type ShapeFigures = ReadonlyMap<string, Figures>;

/** Of the shapes of a collection, the ones with the most time in all are measured. */
const MAX_SHAPES = 20;

/** Explains the live query shapes of a collection now. A shape that can't be explained is left out. */
export async function measure(
  queries: Pick<SharedQueries, 'gather' | 'explain'>,
  collection: string,
): Promise<ShapeFigures> {
  const shapes = queryTotals(await queries.gather())
    .filter((each) => each.collection === collection && each.operation !== 'insert')
    .slice(0, MAX_SHAPES);
  const measured = new Map<string, Figures>();
  for (const { id } of shapes) {
    const plan = await queries.explain(id).catch(() => undefined);
    if (plan) measured.set(id, figuresOf(plan));
  }
  return measured;
}

export const figuresOf = ({ docsExamined, keysExamined, returned, isSortedInMemory }: QueryPlan): Figures => ({
  docsExamined,
  keysExamined,
  returned,
  isSortedInMemory,
});

/** Whether a change at least halved the work of a query shape, and whether it made one do more. */
export function compare(before: ShapeFigures, after: ShapeFigures): { better: string[]; worse: string[] } {
  const both = [...before].flatMap(([id, figures]) => {
    const later = after.get(id);
    return later ? [{ id, was: workOf(figures), is: workOf(later) }] : [];
  });
  return {
    better: both.filter(({ was, is }) => is <= was / 2 && was > is).map(({ id }) => id),
    worse: both.filter(({ was, is }) => is > was * 1.1 + TOLERATED).map(({ id }) => id),
  };
}

/** Documents or keys: collections change while they are measured. */
const TOLERATED = 10;

export const workOf = ({ docsExamined, keysExamined, returned, isSortedInMemory }: Figures): number =>
  docsExamined + keysExamined + (isSortedInMemory ? returned : 0);

export const shapesOf = (before: ShapeFigures, after?: ShapeFigures): IndexTrial['shapes'] =>
  [...before].map(([query, figures]) => ({ query, before: figures, after: after?.get(query) }));
