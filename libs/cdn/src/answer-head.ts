import { fieldValues, isCompressible, isSameField } from '@slipstream/http';

/** A path's class, as the cache rules name it. */
export type AssetClass =
  /** The file never changes. */
  | { readonly type: 'immutable' }
  /** All clients get the same file, which may change. */
  | { readonly type: 'public'; readonly ttlMs: number; readonly staleWhileRevalidateMs: number };

const IMMUTABLE = 'public, max-age=31536000, immutable';
const COMPLETED: ReadonlySet<number> = new Set([200, 206, 304]);
const MS = 1000;

/**
 * Adds Cache-Control to a success of a public path if the upstream sent none. The upstream's own directives, an Expires
 * field and a cookie prevent that. An HTML page gets `no-cache`: browsers revalidate it, so a new release appears at
 * once.
 *
 * @param headers end-to-end, flat; changed in place
 */
export function completeCacheControl(statusCode: number, headers: string[], asset: AssetClass): void {
  if (!COMPLETED.has(statusCode)) return;
  let type = '';
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    if (isDecisive(name)) return;
    if (isSameField(name, 'content-type')) type = headers[i + 1] as string;
  }
  headers.push('Cache-Control', cacheControlOf(asset, type));
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
  if (!varies) headers.push('Vary', 'Accept-Encoding');
}

const isDecisive = (name: string): boolean =>
  isSameField(name, 'cache-control') || isSameField(name, 'expires') || isSameField(name, 'set-cookie');

function cacheControlOf(asset: AssetClass, type: string): string {
  if (asset.type === 'immutable') return IMMUTABLE;
  if (/^text\/html\b/i.test(type) || type === '') return 'no-cache';
  const stale = seconds(asset.staleWhileRevalidateMs);
  return `public, max-age=${seconds(asset.ttlMs)}${stale > 0 ? `, stale-while-revalidate=${stale}` : ''}`;
}

const seconds = (ms: number): number => Math.floor(ms / MS);
