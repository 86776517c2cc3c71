import { filterHeaders, type RawHeaders } from '@slipstream/http';
import { splitList } from '../fields/list.js';

/** Fields that set lifetimes and tags in shared caches. */
const FOR_SHARED_CACHES: ReadonlySet<string> = new Set([
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'surrogate-control',
  'surrogate-key',
  'cache-tag',
]);

const FOR_SHARED = /^(?:public|proxy-revalidate|s-maxage(?:=.*)?|private(?:=.*)?)$/is;

/**
 * The fields of an answer that no shared cache in front may store, because the operator's class of the path outweighs
 * the origin's directives. The client's own cache may still follow them.
 */
export function withheldFromSharedCaches(headers: RawHeaders): string[] {
  let control = '';
  const kept = filterHeaders(headers, (name, value) => {
    if (name === 'cache-control') control += `${value},`;
    return name !== 'cache-control' && !FOR_SHARED_CACHES.has(name);
  });
  const own = splitList(control).filter((directive) => !FOR_SHARED.test(directive));
  return [...kept, 'Cache-Control', ['private', ...own].join(', '), 'CDN-Cache-Control', 'no-store'];
}
