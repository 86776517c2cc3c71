/** Who answers a path of the public listener. */
export type Route = 'native' | 'openai' | 'web';

/** Prefix of the native API. */
export const NATIVE_PREFIX = '/slipstream/v1';

/** The first row that fits decides; the web application has all the rest. */
const ROUTES: readonly [prefix: string, route: Route][] = [
  ['/slipstream', 'native'],
  ['/v1', 'openai'],
];

/** @param url path and query as sent */
export function routeOf(url: string): Route {
  const path = url.split('?', 1)[0]!;
  return ROUTES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? 'web';
}
