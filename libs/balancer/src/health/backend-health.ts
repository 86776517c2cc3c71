/**
 * Health of a backend by its checks. An unchecked backend is trusted, so that a process can serve from its start. Its
 * first failed check makes it unhealthy.
 */
export type BackendHealth =
  | { readonly state: 'unproven' }
  | { readonly state: 'healthy'; readonly failures: number }
  | {
      readonly state: 'unhealthy';
      readonly successes: number;
      readonly needed: number;
      readonly reason: string;
      /** Whether the backend answers at all, even if badly. */
      readonly isReachable: boolean;
    };

/** Numbers of consecutive checks that change the health of a backend. */
export interface HealthThresholds {
  /** Passed checks that make an unhealthy backend healthy. Minimum 1. */
  healthyThreshold: number;
  /** Failed checks that make a healthy backend unhealthy. Minimum 1. */
  unhealthyThreshold: number;
}

/** Result of a failed check. */
export interface FailedCheck {
  reason: string;
  /** Whether the backend answered at all, even if badly. Default false. */
  isReachable?: boolean;
}

export const UNPROVEN: BackendHealth = { state: 'unproven' };
const SOUND: BackendHealth = { state: 'healthy', failures: 0 };

/** Whether the next check is unlikely to change the state. */
export const isSettled = (health: BackendHealth): boolean => health.state === 'healthy' && health.failures === 0;

/** @param isOutage no backend of the pool is healthy, so that one passed check is enough */
export function afterPassedCheck(health: BackendHealth, isOutage = false): BackendHealth {
  if (health.state !== 'unhealthy' || isOutage) return SOUND;
  const successes = health.successes + 1;
  return successes >= health.needed ? SOUND : { ...health, successes };
}

export function afterFailedCheck(
  health: BackendHealth,
  { reason, isReachable = false }: FailedCheck,
  thresholds: HealthThresholds,
): BackendHealth {
  const failures = health.state === 'healthy' ? health.failures + 1 : thresholds.unhealthyThreshold;
  if (failures < thresholds.unhealthyThreshold) return { state: 'healthy', failures };
  return { state: 'unhealthy', successes: 0, needed: thresholds.healthyThreshold, reason, isReachable };
}

/** State after a request did not reach the backend: it gets no more requests until one check has passed. */
export function afterUnreachable(health: BackendHealth): BackendHealth {
  if (health.state === 'unhealthy') return health;
  return {
    state: 'unhealthy',
    successes: 0,
    needed: 1,
    reason: 'a request did not reach the backend',
    isReachable: false,
  };
}
