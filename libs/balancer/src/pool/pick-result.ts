import type { Lease } from './lease.js';
import type { PooledBackend } from './pooled-backend.js';

/** Why a request has no place now, but may get one: it waits. */
export type NoPlace =
  /** Every backend that comes into question has all the requests that it may have. */
  | { readonly type: 'no-room' }
  /** The client holds its share of the places. */
  | { readonly type: 'over-share' };

/** No backend that comes into question is healthy. */
export interface NoneHealthy {
  readonly type: 'none-healthy';
}

/** What a pick for one request found. */
export type PickResult<T = Lease> = { readonly type: 'picked'; readonly lease: T } | NoPlace | NoneHealthy;

/** Which member a request goes to. */
export type Choice =
  { readonly type: 'chosen'; readonly pooled: PooledBackend } | Extract<NoPlace, { type: 'no-room' }> | NoneHealthy;

export const NO_ROOM = Object.freeze({ type: 'no-room' });
export const OVER_SHARE = Object.freeze({ type: 'over-share' });
export const NONE_HEALTHY = Object.freeze({ type: 'none-healthy' });
