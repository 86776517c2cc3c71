import type { Lease } from './lease.js';
import type { PooledBackend } from './pooled-backend.js';

/** Reasons for which a request has to wait for a place. */
export type NoPlace =
  /** Every accepted backend has all the requests that it may have. */
  | { readonly type: 'no-room' }
  /** The client uses its whole share of the places. */
  | { readonly type: 'over-share' };

/** No accepted backend is healthy. */
export interface NoneHealthy {
  readonly type: 'none-healthy';
}

/** Result of a pick for one request. */
export type PickResult<T = Lease> = { readonly type: 'picked'; readonly lease: T } | NoPlace | NoneHealthy;

/** The backend chosen for a request, or the reason why there is none. */
export type Choice =
  { readonly type: 'chosen'; readonly pooled: PooledBackend } | Extract<NoPlace, { type: 'no-room' }> | NoneHealthy;

export const NO_ROOM = Object.freeze({ type: 'no-room' });
export const OVER_SHARE = Object.freeze({ type: 'over-share' });
export const NONE_HEALTHY = Object.freeze({ type: 'none-healthy' });
