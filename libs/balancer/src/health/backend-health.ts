/**
 * What is known of a backend. One that was never checked is trusted, so that a process can serve from its first moment;
 * its first failed check settles the matter.
 */
export type BackendHealth =
  | { readonly state: 'unproven' }
  | { readonly state: 'healthy'; readonly failures: number }
  | {
      readonly state: 'unhealthy';
      readonly successes: number;
      readonly needed: number;
      readonly reason: string;
      /** Whether it answers at all, if badly. */
      readonly isReachable: boolean;
    };

/** How many checks in a row turn a backend's health. */
export interface HealthThresholds {
  /** Passed checks that make an unhealthy backend healthy. Minimum 1. */
  healthyThreshold: number;
  /** Failed checks that make a healthy backend unhealthy. Minimum 1. */
  unhealthyThreshold: number;
}

/** What a failed check found. */
export interface FailedCheck {
  reason: string;
  /** Whether the backend answered at all, if badly. Default false. */
  isReachable?: boolean;
}

export const UNPROVEN: BackendHealth = { state: 'unproven' };
const SOUND: BackendHealth = { state: 'healthy', failures: 0 };

/** Whether nothing hints that the next check will tell something new. */
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

/** A request found that the backend can't be reached: no more requests until one check has passed. */
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
