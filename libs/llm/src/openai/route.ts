import { SlipstreamError } from '@slipstream/contracts';

/** Kinds of requests to `/v1`. */
export type Route =
  | { readonly type: 'models' }
  | { readonly type: 'model'; readonly id: string }
  /** To be forwarded. `path` is below `/v1` and keeps its query. */
  | { readonly type: 'call'; readonly path: string };

const CALLS: ReadonlySet<string> = new Set(['/chat/completions', '/completions', '/embeddings']);
/** No dots and no escapes: a path must not lead out of the model server's base path. */
const PLAIN_PATH = /^(?:\/[\w-]+)+$/;

/**
 * @param url the request target, such as `/v1/chat/completions?beta=true`
 * @throws SlipstreamError `unknown_url` or `method_not_allowed`
 */
export function routeOf(method: string, url: string): Route {
  const [path = '', query] = splitOnce(url, '?');
  if (!path.startsWith('/v1/')) throw unknownUrl(method, path);
  const resource = path.slice('/v1'.length);
  if (resource === '/models') return allow('GET', method, { type: 'models' });
  if (resource.startsWith('/models/'))
    return allow('GET', method, { type: 'model', id: decode(resource.slice('/models/'.length)) });
  if (!PLAIN_PATH.test(resource) || (method !== 'POST' && !CALLS.has(resource))) throw unknownUrl(method, path);
  return allow('POST', method, { type: 'call', path: query === undefined ? resource : `${resource}?${query}` });
}

function allow(allowed: 'GET' | 'POST', method: string, route: Route): Route {
  if (method === allowed) return route;
  throw new SlipstreamError('method_not_allowed', `This path allows only ${allowed}, not ${method}.`, {
    headers: { allow: allowed },
  });
}

const unknownUrl = (method: string, path: string): SlipstreamError =>
  new SlipstreamError('unknown_url', `No route matches ${method} ${path}.`);

function splitOnce(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

/** Model ids may contain slashes, plain or as %2F. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
