import { expect, it } from 'vitest';
import type { BackendState } from './pool/backend-status.js';
import { poolIndicator } from './pool-indicator.js';

const pool = (...states: BackendState[]) => ({
  name: 'models',
  backends: () => states.map((state, n) => ({ url: `http://b${n}`, state, reason: 'it answers 503' })),
});

it.each<BackendState[]>([[], ['healthy'], ['unproven'], ['unhealthy', 'recovering'], ['ejected', 'half-open']])(
  'is up with backends that are %s %s',
  async (...states) => {
    await expect(poolIndicator(pool(...states)).check()).resolves.toBeUndefined();
  },
);

it('is down when no backend serves, says why, and stops no process', async () => {
  const sut = poolIndicator(pool('unhealthy', 'ejected', 'draining'));
  expect(sut).toMatchObject({ name: 'models', isEssential: false });
  await expect(sut.check()).rejects.toThrow(
    'no backend of the pool is healthy: http://b0 is unhealthy, it answers 503 (and 2 more)',
  );
});
