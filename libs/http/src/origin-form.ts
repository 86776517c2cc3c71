/**
 * The target of a request as a route is found by it, and as a backend gets it: path and query only (origin form, RFC
 * 9112 section 3.2.1). A client may send the absolute form; its authority, which is that of Host, is left out, so that
 * nobody but the balancer decides where a request goes.
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return path.startsWith('/') || path === '*' ? path : `/${path}`;
}
