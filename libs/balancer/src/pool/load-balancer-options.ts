import type { Logger } from '@slipstream/contracts';
import type { BackendOptions } from '../backend.js';
import type { CheckResult, HealthCheckOptions } from '../health/health-checker.js';
import type { OutlierOptions } from '../outliers/outlier-detector.js';
import type { StrategyName } from '../strategies/strategies.js';
import type { WaitQueueOptions } from './wait-queue.js';

/** Options that concern the health of a pool's backends. */
export interface PoolHealthOptions {
  /** Name of the pool in errors, logs and metrics. */
  name: string;
  /** Absent: every backend always counts as healthy. */
  healthCheck?: HealthCheckOptions;
  /** Called after each check of this process, so that the result can be published to other processes. */
  onCheck?: (url: string, result: CheckResult) => void;
  /** Absent: no backend is ejected. */
  outliers?: OutlierOptions;
  /**
   * Whether a good answer counts at its end instead of its beginning, so that a backend that breaks its answers off is
   * an outlier. Only for pools whose answers all end. Default false.
   */
  usesWholeAnswers?: boolean;
  /** Time in which a recovered backend returns to its full weight, in ms. Default 0: at once. */
  slowStartMs?: number;
  logger: Logger<'info' | 'warn'>;
}

/** Options of `LoadBalancer`. */
export interface LoadBalancerOptions extends PoolHealthOptions {
  backends: readonly BackendOptions[];
  /** Default `least_connections`. */
  strategy?: StrategyName;
  /** If the healthy part of the pool is smaller, backends that answer badly get requests again. Default 0: never. */
  panicRatio?: number;
  /**
   * Whether a request without a healthy backend goes to an unhealthy one that still answers. Its own error is more
   * specific than ours, and it may have recovered. Default false.
   */
  hasLastResort?: boolean;
  /** Requests that one backend may have at a time, including those of other gateways. Default 0: any number. */
  maxConnections?: number;
  /** Queue for requests while all backends have `maxConnections`. */
  queue?: WaitQueueOptions;
  /** Monotonic, in ms. Default `performance.now`. */
  now?: () => number;
  /** In [0, 1). Default `Math.random`. */
  random?: () => number;
}

/** Limits that can be replaced. */
export type BalancerLimits = Pick<LoadBalancerOptions, 'maxConnections' | 'queue' | 'slowStartMs' | 'panicRatio'>;
