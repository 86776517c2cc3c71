import { isFingerprinted } from './fingerprint.js';

/** Values of the specification, and `immutable` for files whose name changes with their content. */
const CACHE_CONTROL = {
  immutable: 'public, max-age=31536000, immutable',
  static: 'public, max-age=31536000',
  dynamic: 'public, max-age=3600',
  api: 'no-cache',
} as const;

const STATIC_TYPE =
  /^(?:image|font|audio|video)\/|^text\/css\b|^(?:text|application)\/javascript\b|^application\/wasm\b/i;
const STATIC_PATH = /^\/(?:static|assets)\//;
const API_PATH = /^\/(?:api|v1)\//;

/**
 * @param contentType of the answer; may be empty
 * @param path with or without a query
 * @returns `public, max-age=31536000` for static files (`immutable` if fingerprinted), `no-cache` for APIs, else
 * `public, max-age=3600`
 */
export function specifiedCacheControl(contentType: string, path: string): string {
  if (API_PATH.test(path)) return CACHE_CONTROL.api;
  if (isFingerprinted(path)) return CACHE_CONTROL.immutable;
  return STATIC_PATH.test(path) || STATIC_TYPE.test(contentType) ? CACHE_CONTROL.static : CACHE_CONTROL.dynamic;
}
