import type { Backend } from '../backend.js';

/** What a request needs of its backend. */
export interface PickOptions {
  /** Which backends come into question. Default: all. */
  accepts?: (backend: Backend) => boolean;
  /** What the request is hashed by, for `consistent_hash`. */
  key?: string;
  /** URL of the backend that the request belongs to: picked while it is reachable, draining or not. */
  stickTo?: string;
  /** The client, such as an address: no client may take every place of a bounded pool. Default: one for all. */
  client?: string;
  /** Whether it is a WebSocket: it counts among the sessions, and is chosen by their numbers. Default false. */
  isSession?: boolean;
}
