import type { BackendHealth } from '../health/backend-health.js';
import type { PooledBackend } from './pooled-backend.js';

/** The members that may be picked at one moment, by priority. */
export interface EligibleBackends {
  /** Members that take new sessions, the first group first. */
  readonly groups: readonly (readonly PooledBackend[])[];
  /** Those, and the draining ones, which still serve the clients that stick to them; by URL. */
  readonly byUrl: ReadonlyMap<string, PooledBackend>;
  /** Members that are there, however they answer, and take new sessions. */
  readonly answering: readonly PooledBackend[];
  /** Whether a member takes one request at a time only. */
  readonly hasHalfOpen: boolean;
}

/**
 * @param panicRatio if the healthy part of the pool is smaller than this, backends that answer badly are used again,
 *   because the few left would only break too; backends that can't be reached are not. 0: never
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
