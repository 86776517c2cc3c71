import { z } from 'zod';

/** An id of this API: opaque, URL-safe. */
export const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an id: 1 to 64 letters, digits, - or _');

/** Fields of every resource. Times are ISO 8601 in UTC. */
export const resource = z.object({ id, createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() });

/** Query of a list: `limit` 1 to 100 (default 20), `cursor` from the previous page. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(512).optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** One page of a list; the last page has no `nextCursor`. */
export interface Page<T> {
  items: T[];
  nextCursor?: string;
}

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });
