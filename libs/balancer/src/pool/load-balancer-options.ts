import type { Logger } from '@slipstream/contracts';
import type { BackendOptions } from '../backend.js';
import type { CheckResult, HealthCheckOptions } from '../health/health-checker.js';
import type { OutlierOptions } from '../outliers/outlier-detector.js';
import type { StrategyName } from '../strategies/strategies.js';
import type { WaitQueueOptions } from './wait-queue.js';

/** What a pool learns of its backends' health from. */
export interface PoolHealthOptions {
  /** Of the pool; stands in errors, logs and metrics. */
  name: string;
  /** Absent: every backend is always taken for healthy. */
  healthCheck?: HealthCheckOptions;
  /** Called after each check of this process, so that others that watch the same backends can be told its result. */
  onCheck?: (url: string, result: CheckResult) => void;
  /** Absent: no backend is ejected for how it answers. */
  outliers?: OutlierOptions;
  /**
   * Whether a good answer counts when it has ended, so that a backend that breaks its answers off is an outlier; for
   * pools whose answers all end. Default false: it counts when it begins.
   */
  usesWholeAnswers?: boolean;
  /** How long a recovered backend takes to its full weight, in ms. Default 0: it has it at once. */
  slowStartMs?: number;
  logger: Logger<'info' | 'warn'>;
}

/** Options of `LoadBalancer`. */
export interface LoadBalancerOptions extends PoolHealthOptions {
  backends: readonly BackendOptions[];
  /** Default `least_connections`. */
  strategy?: StrategyName;
  /**
   * If the healthy part of the pool is smaller than this, backends that answer badly are used again. Default 0: never.
   */
  panicRatio?: number;
  /**
   * Whether a request that accepts no healthy backend goes to one that is there, but answers badly: its own error says
   * more than ours, and it may be healthy again. Default false.
   */
  hasLastResort?: boolean;
  /** Requests that one backend may have at a time, those of other gateways included. Default 0: any number. */
  maxConnections?: number;
  /** Where requests wait when all backends have `maxConnections`. */
  queue?: WaitQueueOptions;
  /** Monotonic, in ms. Default `performance.now`. */
  now?: () => number;
  /** In [0, 1). Default `Math.random`. */
  random?: () => number;
}

/** Limits that can be replaced. */
export type BalancerLimits = Pick<LoadBalancerOptions, 'maxConnections' | 'queue' | 'slowStartMs' | 'panicRatio'>;
