/**
 * The target of a request in origin form, for routes and backends: path and query only (RFC 9112 section 3.2.1). A
 * client may send the absolute form. Its authority equals Host and is dropped, so that only the balancer chooses the
 * destination.
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return path.startsWith('/') || path === '*' ? path : `/${path}`;
}
