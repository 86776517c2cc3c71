import { z } from 'zod';

const collection = z.string().min(1).max(300);
const name = z.string().min(1).max(200);
const key = z.record(z.string(), z.union([z.number(), z.string()]));
const confirm = z.literal(true).describe('The operator confirms the change.');
/** Cost of a plan. */
export const figures = z.object({
  docsExamined: z.number(),
  keysExamined: z.number(),
  returned: z.number(),
  isSortedInMemory: z.boolean(),
});

/** Body of `POST /admin/queries/indexes`: an index of the current advice. */
export const createIndexRequest = z.strictObject({ collection, index: key, confirm });
export type CreateIndexRequest = z.infer<typeof createIndexRequest>;

/** Body of the calls that hide, restore or drop an index. */
export const namedIndexRequest = z.strictObject({ collection, name, confirm });
export type NamedIndexRequest = z.infer<typeof namedIndexRequest>;

/** A change of an index, measured on the live query shapes of its collection. */
export const indexTrial = z.object({
  collection,
  name,
  index: key,
  /**
   * `running`: it is being built or hidden, and measured. `kept`: built, and better. `dropped`: built, not better, and
   * dropped again. `hidden`: no query became worse, and it can be dropped after a day. `restored`: visible again.
   * `removed`: hidden, watched and dropped. `refused`: the server did not do it; `reason` says why.
   */
  state: z.enum(['running', 'kept', 'dropped', 'hidden', 'restored', 'removed', 'refused']),
  reason: z.string().max(2000).describe('Why it has this state.'),
  /** Figures of each shape's plan before and after the change. */
  shapes: z.array(z.object({ query: z.string(), before: figures, after: figures.optional() })).max(20),
  changedAt: z.iso.datetime(),
});
export type IndexTrial = z.infer<typeof indexTrial>;

/** Body of `GET /admin/queries/indexes`: the changes of the last 90 days, latest first. */
export const indexTrialList = z.object({ items: z.array(indexTrial) });
export type IndexTrialList = z.infer<typeof indexTrialList>;
