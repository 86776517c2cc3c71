import type { BackendHealth } from '../health/backend-health.js';
import type { PooledBackend } from './pooled-backend.js';

/** The backends that may be picked, by priority. An immutable snapshot. */
export interface EligibleBackends {
  /** Backends that take new sessions, in the order of their priority. */
  readonly groups: readonly (readonly PooledBackend[])[];
  /** Backends of `groups`, and draining ones, which still serve the clients that stick to them. By URL. */
  readonly byUrl: ReadonlyMap<string, PooledBackend>;
  /** Backends that answer at all and take new sessions. */
  readonly answering: readonly PooledBackend[];
  /** Whether a backend is half-open, and so takes one request at a time. */
  readonly hasHalfOpen: boolean;
}

/**
 * @param panicRatio if the healthy part of the pool is smaller, backends that answer badly get requests again, because
 *   the few healthy ones would fail too. Unreachable backends get none. 0: never
 */
export function eligibleBackends(
  pooledBackends: readonly PooledBackend[],
  healthOf: (url: string) => BackendHealth,
  panicRatio: number,
): EligibleBackends {
  const isHealthy = (pooled: PooledBackend): boolean =>
    healthOf(pooled.id).state !== 'unhealthy' && pooled.ejection.state !== 'ejected';
  const healthy = pooledBackends.filter(isHealthy);
  const isPanic = healthy.length < pooledBackends.length * panicRatio;
  const answering = pooledBackends.filter(({ id }) => isReachable(healthOf(id)));
  const usable = isPanic ? answering : healthy;
  return {
    answering: answering.filter(({ backend }) => !backend.isDraining),
    groups: byPriority(usable.filter(({ backend }) => !backend.isDraining)),
    byUrl: new Map(usable.map((pooled) => [pooled.id, pooled])),
    hasHalfOpen: !isPanic && usable.some(({ ejection }) => ejection.state === 'half-open'),
  };
}

const isReachable = (health: BackendHealth): boolean => health.state !== 'unhealthy' || health.isReachable;

function byPriority(pooledBackends: readonly PooledBackend[]): readonly (readonly PooledBackend[])[] {
  const groups = new Map<number, PooledBackend[]>();
  for (const pooled of pooledBackends) {
    const group = groups.get(pooled.backend.priority);
    if (group) group.push(pooled);
    else groups.set(pooled.backend.priority, [pooled]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
