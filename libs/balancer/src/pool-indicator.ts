import type { BackendState, BackendStatus } from './pool/backend-status.js';

/** The part of a pool that the readiness check uses. */
export interface WatchedPool {
  readonly name: string;
  backends(): readonly Pick<BackendStatus, 'url' | 'state' | 'reason'>[];
}

const OUT: ReadonlySet<BackendState> = new Set(['unhealthy', 'ejected', 'draining']);

/**
 * Readiness check of a pool: it is down if it has backends and none of them is healthy. The process itself still works.
 */
export const poolIndicator = (pool: WatchedPool) => ({
  name: pool.name,
  isEssential: false,
  async check(): Promise<void> {
    const backends = pool.backends();
    if (backends.length === 0 || backends.some(({ state }) => !OUT.has(state))) return;
    const [{ url, state, reason }] = backends as [WatchedBackend];
    const others = backends.length > 1 ? ` (and ${backends.length - 1} more)` : '';
    throw new Error(`no backend of the pool is healthy: ${url} is ${state}${reason ? `, ${reason}` : ''}${others}`);
  },
});

type WatchedBackend = Pick<BackendStatus, 'url' | 'state' | 'reason'>;
