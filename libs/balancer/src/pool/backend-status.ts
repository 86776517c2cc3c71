import type { Backend } from '../backend.js';
import type { BackendHealth } from '../health/backend-health.js';
import type { Load, PooledBackend } from './pooled-backend.js';

/** Whether a backend gets requests, and if not, the most serious reason. */
export type BackendState = 'draining' | 'unhealthy' | 'ejected' | 'half-open' | 'recovering' | 'unproven' | 'healthy';

/** Status of a backend for operators. */
export interface BackendStatus extends Backend {
  readonly state: BackendState;
  /** Reason of the state `unhealthy` or `ejected`. */
  readonly reason?: string;
  /** Requests and WebSockets of this process. */
  readonly own: Readonly<Load>;
  /** Requests and WebSockets of other gateways and processes, by their latest reports. */
  readonly other: Readonly<Load>;
  /** Time to the first byte of an answer: peak EWMA, in ms. */
  readonly latencyMs: number;
  /**
   * Answers since the backend came into the pool, by the hundred of their status. `none`: requests that ended without
   * an answer.
   */
  readonly answers: Readonly<Record<'1xx' | '2xx' | '3xx' | '4xx' | '5xx' | 'none', number>>;
  readonly ejections: number;
  /** Requests that this backend got after another backend, or another connection to this one, had failed them. */
  readonly retries: number;
}

export function statusOf(pooled: PooledBackend, health: BackendHealth): BackendStatus {
  const { backend, ejection, own, other, latencyMs, ejections, retries } = pooled;
  const [informational = 0, ok = 0, redirected = 0, refused = 0, failed = 0, none = 0] = pooled.answers;
  const reason =
    health.state === 'unhealthy' ? health.reason : ejection.state === 'ejected' ? ejection.reason : undefined;
  return {
    ...backend,
    state: stateOf(pooled, health),
    ...(reason !== undefined && { reason }),
    own: { ...own },
    other: { ...other },
    latencyMs,
    answers: { '1xx': informational, '2xx': ok, '3xx': redirected, '4xx': refused, '5xx': failed, none },
    ejections,
    retries,
  };
}

function stateOf({ backend, ejection, recoveredAtMs }: PooledBackend, health: BackendHealth): BackendState {
  if (backend.isDraining) return 'draining';
  if (health.state === 'unhealthy') return 'unhealthy';
  if (ejection.state !== 'admitted') return ejection.state;
  if (recoveredAtMs !== undefined) return 'recovering';
  return health.state;
}
