export type { Backend, BackendOptions } from './backend.js';
export type { HealthThresholds } from './backend-health.js';
export { HealthChecker, type HealthCheckOptions } from './health-checker.js';
export { LeastConnectionsStrategy, type Candidate } from './least-connections.strategy.js';
export { LoadBalancer, type BackendStatus, type Lease, type LoadBalancerOptions, type PickOptions } from './load-balancer.js';
export type { Logger } from './logger.port.js';
export { NoHealthyBackendsError } from './no-healthy-backends.error.js';
export type { Probe } from './probe.js';
