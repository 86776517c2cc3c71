import { z } from 'zod';
import { figures } from './index-trials.js';

const query = z.string().min(1).max(100).describe('Id of the query shape, as GET /admin/queries lists it.');
const confirm = z.literal(true).describe('The operator confirms the change.');

/** Body of `POST /admin/queries/hints`. */
export const createHintRequest = z.strictObject({
  query,
  index: z.string().min(1).max(200).optional().describe("Name of the index. Default: the collection's best one."),
  confirm,
});
export type CreateHintRequest = z.infer<typeof createHintRequest>;

/** Body of `POST /admin/queries/hints/remove`. */
export const removeHintRequest = z.strictObject({ query, confirm });
export type RemoveHintRequest = z.infer<typeof removeHintRequest>;

/** An index that the queries of a shape name to the planner. */
export const queryHint = z.object({
  query,
  collection: z.string(),
  /** Name of the index. */
  index: z.string(),
  /**
   * `active`: sent with each query of the shape. `refused`: not better when it was measured. `removed`: by an operator,
   * because its index is gone, or because it no longer helps.
   */
  state: z.enum(['active', 'refused', 'removed']),
  reason: z.string().max(2000).describe('Why it has this state.'),
  /** Cost of the planner's own choice. */
  without: figures,
  /** Cost with the hint. Absent if it could not be explained. */
  with: figures.optional(),
  /** The latest measurement. */
  checkedAt: z.iso.datetime(),
});
export type QueryHint = z.infer<typeof queryHint>;

/** Body of `GET /admin/queries/hints`. */
export const queryHintList = z.object({ items: z.array(queryHint) });
export type QueryHintList = z.infer<typeof queryHintList>;
