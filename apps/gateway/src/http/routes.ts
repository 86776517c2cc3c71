/** Handler of a path on the public listener. */
export type Route = 'native' | 'hook' | 'asset' | 'openai' | 'web';

/** Prefix of the native API. */
export const NATIVE_PREFIX = '/slipstream/v1';

/** Path below which hosted files are served to all clients. */
export const HOSTED_PREFIX = '/slipstream/assets';

/** Prefix of the hooks, whose path contains a secret instead of a key. */
const HOOKS_PREFIX = `${NATIVE_PREFIX}/hooks`;

/** The first matching row applies; the web application has all other paths. */
const ROUTES: readonly [prefix: string, route: Route][] = [
  [HOOKS_PREFIX, 'hook'],
  [HOSTED_PREFIX, 'asset'],
  ['/slipstream', 'native'],
  ['/v1', 'openai'],
];

/** @param url path and query as sent */
export function routeOf(url: string): Route {
  const path = url.split('?', 1)[0]!;
  return ROUTES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? 'web';
}
