import { addToVary, fieldValue, fieldValues, isCompressible, isSameField } from '@slipstream/http';
import { specifiedCacheControl } from './specified-cache-control.js';

/** A path's class, as the cache rules name it. */
export type AssetClass = (
  | {
      /** The file never changes. */
      readonly type: 'immutable';
    }
  | {
      /** All clients get the same file, which may change. */
      readonly type: 'public';
      /** Absent: the rule names no time, so the values of the specification apply. */
      readonly ttlMs?: number;
      readonly staleWhileRevalidateMs?: number;
      readonly staleIfErrorMs?: number;
    }
) & {
  /** By which purges find the answer. */
  readonly tags?: readonly string[];
};

/** A success or failure of a backend. */
export interface AnswerHead {
  readonly statusCode: number;
  /** End-to-end, flat; changed in place. */
  readonly headers: string[];
  /** Path of the request, with or without its query. */
  readonly path: string;
}

/** Values of Cache-Control for browsers, and of CDN-Cache-Control (RFC 9213). */
interface Lifetimes {
  readonly browser: string;
  /** Absent: the network follows Cache-Control. */
  readonly edge?: string;
}

const IMMUTABLE: Lifetimes = { browser: 'public, max-age=31536000, immutable', edge: 'max-age=31536000' };
const COMPLETED: ReadonlySet<number> = new Set([200, 206, 304]);
const MS = 1000;

/**
 * Adds Cache-Control to a success of a public path if the upstream sent none. The upstream's own directives, an Expires
 * field and a cookie prevent that. An HTML page gets `no-cache`: browsers revalidate it, so a new release appears at
 * once.
 *
 * @param hasEdge whether a network is in front: then CDN-Cache-Control is added beside Cache-Control
 */
export function completeCacheControl({ statusCode, headers, path }: AnswerHead, asset: AssetClass, hasEdge = false) {
  if (!COMPLETED.has(statusCode) || hasField(headers, DECISIVE)) return;
  const { browser, edge } = lifetimesOf(asset, fieldValue(headers, 'content-type') ?? '', path);
  const addsEdge = hasEdge && edge !== undefined && !hasField(headers, DECISIVE_AT_EDGE);
  headers.push('Cache-Control', browser);
  if (addsEdge) headers.push('CDN-Cache-Control', edge);
}

/**
 * Names Accept-Encoding in Vary, so that the gateway may store the answer in several codings. A 304 describes the same
 * answer, of whatever type.
 *
 * @param headers end-to-end, flat; changed in place
 */
export function varyByCoding(statusCode: number, headers: string[]): void {
  const [type] = fieldValues(headers, 'content-type');
  if (statusCode !== 304 && (statusCode !== 200 || !isCompressible(type))) return;
  const varies = fieldValues(headers, 'vary').some((value) =>
    /(?:^|[\s,])(?:\*|accept-encoding)(?:$|[\s,])/i.test(value),
  );
  if (!varies) addToVary(headers, ['Accept-Encoding']);
}

/**
 * Lets pages of any origin read a file that never changes: browsers fetch module scripts, fonts, and files with
 * integrity by CORS, and the page is of another origin than the network.
 */
export function allowAllOrigins(headers: string[]): void {
  if (!hasField(headers, ['access-control-allow-origin'])) headers.push('Access-Control-Allow-Origin', '*');
}

const DECISIVE = ['cache-control', 'expires', 'set-cookie'];
const DECISIVE_AT_EDGE = ['cdn-cache-control', 'surrogate-control'];

/** @param names in lower case */
function hasField(headers: readonly string[], names: readonly string[]): boolean {
  for (let i = 0; i + 1 < headers.length; i += 2)
    if (names.some((name) => isSameField(headers[i] as string, name))) return true;
  return false;
}

/** Whether the answer names no lifetime: then some networks choose one by the extension of the path. */
export const namesNoLifetime = (headers: readonly string[]): boolean =>
  !hasField(headers, ['cache-control', 'expires', ...DECISIVE_AT_EDGE]);

function lifetimesOf(asset: AssetClass, type: string, path: string): Lifetimes {
  if (asset.type === 'immutable') return IMMUTABLE;
  const isPage = /^text\/html\b/i.test(type) || type === '';
  // The type does not decide: an image outside of the folders of static files may be an avatar, which changes.
  if (asset.ttlMs === undefined) return { browser: isPage ? 'no-cache' : specifiedCacheControl('', path) };
  const { ttlMs, staleWhileRevalidateMs: stale = 0, staleIfErrorMs: error = 0 } = asset;
  const fresh = `max-age=${seconds(ttlMs)}${directive('stale-while-revalidate', stale)}`;
  return {
    browser: isPage ? 'no-cache' : `public, ${fresh}`,
    edge: `${fresh}${directive('stale-if-error', error)}`,
  };
}

const directive = (name: string, ms: number): string => (seconds(ms) > 0 ? `, ${name}=${seconds(ms)}` : '');
const seconds = (ms: number): number => Math.floor(ms / MS);
