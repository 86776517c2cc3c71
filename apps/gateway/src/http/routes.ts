/** Who answers a path of the public listener. */
export type Route = 'native' | 'hook' | 'openai' | 'web';

/** Prefix of the native API. */
export const NATIVE_PREFIX = '/slipstream/v1';

/** Prefix of what other programs call with a secret in the path instead of a key. */
const HOOKS_PREFIX = `${NATIVE_PREFIX}/hooks`;

/** The first row that fits decides; the web application has all the rest. */
const ROUTES: readonly [prefix: string, route: Route][] = [
  [HOOKS_PREFIX, 'hook'],
  ['/slipstream', 'native'],
  ['/v1', 'openai'],
];

/** @param url path and query as sent */
export function routeOf(url: string): Route {
  const path = url.split('?', 1)[0]!;
  return ROUTES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? 'web';
}
