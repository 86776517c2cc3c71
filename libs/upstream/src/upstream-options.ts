import type { LoadBalancer, RetryBudget, RetryBudgetOptions } from '@slipstream/balancer';
import type { SlipstreamError, Logger } from '@slipstream/contracts';
import type { FailedTry, NextTry } from './next-try.js';
import type { TargetOptions, Targets } from './targets.js';

/** Options of `Upstream`. */
export interface UpstreamOptions extends Omit<TargetOptions, 'onSocket'> {
  balancer: LoadBalancer;
  /** Limit from the end of a request to the head of its answer. */
  headersTimeoutMs: number;
  /** Longest pause within an answer. */
  idleTimeoutMs: number;
  /** Longest pause within an event stream. Default 0: no limit. */
  streamIdleTimeoutMs?: number;
  /** Longest time in which a backend may accept none of the bytes that wait for it. Default: no limit. */
  writeIdleTimeoutMs?: number;
  /** Number of attempts per request. */
  retries?: RetryBudgetOptions & {
    /** Default 3, minimum 1. */
    maxTries?: number;
  };
  /** Decides what may follow a failed try. Default: `nextTry`. */
  nextTry?: (failed: FailedTry) => NextTry;
  /** Whether an answer counts as an error of its backend. Default: 5xx. */
  isError?: (statusCode: number) => boolean;
  /** Whether another backend may answer better. The answer is held until one does. Default: never. */
  isDeclined?: (statusCode: number) => boolean;
  /**
   * Creates the error for a request without an answer. @param backend its URL; empty if the request was sent to none
   */
  toError: (backend: string, error: unknown) => SlipstreamError;
  /** Called for each unexpected error that ended an answer only. */
  onUncaughtError?: () => void;
  logger: Logger<'info' | 'warn'>;
}

/** Limits that can be replaced. */
export type UpstreamLimits = Pick<
  UpstreamOptions,
  'headersTimeoutMs' | 'idleTimeoutMs' | 'streamIdleTimeoutMs' | 'retries'
>;

/** Shared parts that forward every request. */
export type ForwardingPorts = Omit<UpstreamOptions, 'retries' | 'writeIdleTimeoutMs' | keyof TargetOptions> &
  Required<Pick<UpstreamOptions, 'nextTry' | 'isError' | 'streamIdleTimeoutMs'>> & {
    targets: Targets;
    retryBudget: RetryBudget;
    maxTries: number;
  };
