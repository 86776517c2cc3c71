import type { z } from 'zod';

/** Rejects duplicates in a list of backends: their weights and keys could contradict each other. */
export function eachOnce(backends: readonly { url: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { url }] of backends.entries()) {
    const name = sameForSame(url);
    if (name === undefined) continue;
    if (seen.has(name))
      context.addIssue({
        code: 'custom',
        path: [index, 'url'],
        message: 'is a duplicate; list each backend once',
      });
    seen.add(name);
  }
}

/**
 * Normalizes a URL: `HTTP://A:80/v1/` and `http://a/v1?` become `http://a/v1`. Returns undefined for an invalid URL,
 * which another check reports.
 */
function sameForSame(url: string): string | undefined {
  const [, discovery = '', rest = url] = /^((?:dns|srv)\+)?(.*)$/is.exec(url) ?? [];
  return URL.canParse(rest)
    ? `${discovery.toLowerCase()}${new URL(rest).href.replace(/(?<![/?#])[/?#]+$/, '')}`
    : undefined;
}
