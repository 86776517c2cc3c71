import { MAX_HEAD_BYTES } from './head-size.js';

/**
 * An idle connection is kept for longer than the usual balancer in front of us keeps it, so that the balancer closes
 * first.
 */
export const KEEP_ALIVE_MS = 65_000;

/**
 * Bounds of every listener on what a client of HTTP/1 may make it wait for or keep. An upload may take as long as it
 * needs, so there is no limit on a whole request: its head has one, and its body must not fall silent (see
 * upload-silence.ts).
 */
export const HTTP1_LIMITS = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: 30_000,
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: MAX_HEAD_BYTES,
  noDelay: true,
};
