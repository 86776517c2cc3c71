import type { Backend } from '../backend.js';

/** Requirements of one request for its pick. */
export interface PickOptions {
  /** Accepts a backend for this request. Default: all. */
  accepts?: (backend: Backend) => boolean;
  /** Text to be hashed by `consistent_hash`. */
  key?: string;
  /** URL of the backend of the request's session. It is picked while it is reachable, even if it drains. */
  stickTo?: string;
  /**
   * The client, such as an address. One client can't take all places of a bounded pool. Default: one for all requests.
   */
  client?: string;
  /** Whether the request is a WebSocket. Sessions are counted and balanced apart from requests. Default false. */
  isSession?: boolean;
}
