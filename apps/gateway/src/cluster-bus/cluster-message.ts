import { z } from 'zod';

const load = z.object({ requests: z.number().nonnegative(), sessions: z.number().nonnegative() });
const url = z.string().max(2048);
const result = z.discriminatedUnion('passed', [
  z.object({ passed: z.literal(true) }),
  z.object({ passed: z.literal(false), reason: z.string().max(1000), isReachable: z.boolean().optional() }),
]);

/** Messages between gateways and their processes. `from` is the unique name of the sender. */
export const clusterMessage = z.discriminatedUnion('type', [
  /** Open requests at each backend of a pool, and the waiting time of the longest-waiting request. */
  z.object({
    type: z.literal('load'),
    from: z.string().max(100),
    pool: z.string().max(100),
    loads: z.record(url, load),
    waitingMs: z.number().nonnegative().optional(),
  }),
  /** Result of a health check of a backend. */
  z.object({ type: z.literal('check'), from: z.string().max(100), pool: z.string().max(100), url, result }),
  /** The backends of a pool were changed; MongoDB contains the change. */
  z.object({ type: z.literal('backends'), from: z.string().max(100), pool: z.string().max(100) }),
]);

export type ClusterMessage = z.infer<typeof clusterMessage>;
/** A message without its sender. */
export type ClusterNews = ClusterMessage extends infer M ? (M extends ClusterMessage ? Omit<M, 'from'> : never) : never;
