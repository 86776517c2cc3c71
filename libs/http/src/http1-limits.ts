import { MAX_HEAD_BYTES } from './head-size.js';

/** Longer than the idle timeouts of common balancers in front, so that the balancer closes first. */
export const KEEP_ALIVE_MS = 65_000;

/**
 * Limits of every listener for clients of HTTP/1. A whole request has no limit, because an upload may take as long as
 * it needs. But its head has one, and its body must not stop arriving (see upload-silence.ts).
 */
export const HTTP1_LIMITS = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: 30_000,
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: MAX_HEAD_BYTES,
  noDelay: true,
};
