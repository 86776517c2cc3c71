import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { scoreOf, type CacheScore } from './cache-score.js';
import floor from './floor.json' with { type: 'json' };
import { CACHE_TESTS, runCacheTests, startCacheOrigin } from './http-cache-suite.js';

/** The suite pauses for seconds in nearly every test. */
const SUITE_TIMEOUT_MS = 240_000;

/** The origin has no health path but its files, and fails often on purpose. */
const WEB = { health: { path: '/index.html' }, outliers: { consecutiveErrors: 0, errorRatio: 0 } };

describe('http-cache-tests through the response cache', () => {
  let origin: Awaited<ReturnType<typeof startCacheOrigin>>;
  let gateway: GatewayProcess;
  let score: CacheScore;

  beforeAll(async () => {
    origin = await startCacheOrigin();
    gateway = await startGateway([origin.url], WEB);
    score = scoreOf(CACHE_TESTS, await runCacheTests(gateway.url));
  }, SUITE_TIMEOUT_MS);
  afterAll(async () => {
    await gateway.stop();
    await origin.stop();
  });

  it.for(['required', 'optimal'] as const)('passes as many tests that are %s as it ever did', (kind) => {
    const { passed, total } = score[kind];
    console.log(
      `http-cache-tests, ${kind}: ${passed} of ${total}`,
      passed > floor[kind] ? `; raise the floor in conformance/cache/floor.json, which is at ${floor[kind]}` : '',
    );
    expect(passed, `the floor may only rise; missed:\n${score.missed.join('\n')}\n`).toBeGreaterThanOrEqual(
      floor[kind],
    );
  });
});
