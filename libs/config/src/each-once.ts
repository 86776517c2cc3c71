import type { z } from 'zod';

/** A check for lists of backends: one that is named twice would leave open whose weight and key count. */
export function eachOnce(backends: readonly { url: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { url }] of backends.entries()) {
    const name = sameForSame(url);
    if (name === undefined) continue;
    if (seen.has(name))
      context.addIssue({
        code: 'custom',
        path: [index, 'url'],
        message: 'is in the list already; name each backend once',
      });
    seen.add(name);
  }
}

/**
 * `HTTP://A:80/v1/` is `http://a/v1`, and so is `http://a/v1?`. Nothing for what is no URL, which is said elsewhere: a
 * list is looked at also when its entries are wrong.
 */
function sameForSame(url: string): string | undefined {
  const [, discovery = '', rest = url] = /^((?:dns|srv)\+)?(.*)$/is.exec(url) ?? [];
  return URL.canParse(rest)
    ? `${discovery.toLowerCase()}${new URL(rest).href.replace(/(?<![/?#])[/?#]+$/, '')}`
    : undefined;
}
