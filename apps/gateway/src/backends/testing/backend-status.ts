import type { BackendStatus } from '@slipstream/balancer';

/** A healthy backend without requests. */
export const backendStatus = (url: string): BackendStatus => ({
  url,
  weight: 1,
  priority: 0,
  isDraining: false,
  state: 'healthy',
  own: { requests: 0, sessions: 0 },
  other: { requests: 0, sessions: 0 },
  latencyMs: 0,
  answers: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 },
  ejections: 0,
  retries: 0,
});
