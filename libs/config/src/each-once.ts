import type { z } from 'zod';

/** A check for lists of backends: one that stands there twice would leave open whose weight and key count. */
export function eachOnce(backends: readonly { url: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { url }] of backends.entries()) {
    const name = sameForSame(url);
    if (seen.has(name)) context.addIssue({ code: 'custom', path: [index, 'url'], message: 'stands there twice' });
    seen.add(name);
  }
}

/** `HTTP://A:80/v1/` is `http://a/v1`. */
function sameForSame(url: string): string {
  const [, discovery = '', rest = url] = /^((?:dns|srv)\+)?(.*)$/is.exec(url) ?? [];
  return `${discovery.toLowerCase()}${new URL(rest).href.replace(/\/+$/, '')}`;
}
