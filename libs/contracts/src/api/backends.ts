import { z } from 'zod';

/** Share of the load, relative to the other weights. */
const weight = z.number().positive().max(1000);
/** Backends with a higher number get requests only while all backends with a lower number are unhealthy or full. */
const priority = z.number().int().min(0).max(100);
const load = z.object({ requests: z.number(), sessions: z.number() });

/** Id of a backend in its pool, made from its URL. */
export const backendId = z.string().regex(/^[0-9a-f]{16}$/, 'must be the id of a backend, as in the list of backends');

/** A backend of a pool as its operator sees it, combined over all processes of a gateway. */
export const backendView = z.object({
  id: backendId,
  pool: z.string(),
  url: z.string(),
  weight,
  priority,
  isDraining: z.boolean(),
  /** The worst state of all processes; listed from worst to best. */
  state: z.enum(['draining', 'unhealthy', 'ejected', 'half-open', 'recovering', 'unproven', 'healthy']),
  /** Why it is unhealthy or ejected. */
  reason: z.string().optional(),
  /** Requests and WebSockets from the gateway that answers. */
  own: load,
  /** Requests and WebSockets from all other gateways. */
  other: load,
  /** Time to the header of its answers: peak EWMA, in ms. */
  latencyMs: z.number(),
  /** Answers to the gateway that answers, by class of status. */
  answers: z.record(z.string(), z.number()),
  ejections: z.number(),
  retries: z.number(),
});
export type BackendView = z.infer<typeof backendView>;

/** `url`: `http(s)://host:port`, `dns+http(s)://name:port` or `srv+http(s)://_service._tcp.name`. */
export const addBackend = z.strictObject({
  url: z.string().min(1).max(2048),
  weight: weight.optional(),
  priority: priority.optional(),
});
export type AddBackend = z.infer<typeof addBackend>;

export const changeBackend = z
  .strictObject({ weight: weight.optional(), priority: priority.optional(), isDraining: z.boolean().optional() })
  .refine((change) => Object.keys(change).length > 0, 'must change something: weight, priority or isDraining');
export type ChangeBackend = z.infer<typeof changeBackend>;
