import type { CacheTest } from 'http-cache-tests/tests/index.mjs';

/** By id of a test: true, or the kind of error and what was wrong. */
export type CacheResults = Readonly<Record<string, true | readonly [error: string, detail: string]>>;

/** How many tests of a kind a cache passes. */
export interface Share {
  passed: number;
  total: number;
}

export interface CacheScore {
  /** What a cache must do. */
  required: Share;
  /** What makes a cache better. */
  optimal: Share;
  /** Tests of both kinds that were not passed, with why. */
  missed: string[];
}

/**
 * Counts as the project's own tables do: a test passes only if all that it depends on pass. Tests of browsers are left
 * out.
 */
export function scoreOf(tests: readonly CacheTest[], results: CacheResults): CacheScore {
  const byId = new Map(tests.map((test) => [test.id, test]));
  const whyMissed = (id: string): string | undefined => {
    const missing = byId.get(id)?.depends_on?.find((other) => whyMissed(other) !== undefined);
    if (missing !== undefined) return `depends on ${missing}`;
    const result = results[id];
    return result === true ? undefined : (result?.join(': ') ?? 'was not run');
  };
  const score: CacheScore = { required: { passed: 0, total: 0 }, optimal: { passed: 0, total: 0 }, missed: [] };
  for (const { id, kind = 'required', browser_only: isForBrowsers } of tests) {
    if (isForBrowsers || kind === 'check') continue;
    const why = whyMissed(id);
    score[kind].total += 1;
    if (why === undefined) score[kind].passed += 1;
    else score.missed.push(`${kind} ${id}: ${why}`);
  }
  return score;
}
