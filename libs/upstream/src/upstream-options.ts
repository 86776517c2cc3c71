import type { LoadBalancer, RetryBudget, RetryBudgetOptions } from '@slipstream/balancer';
import type { SlipstreamError, Logger } from '@slipstream/contracts';
import type { FailedTry, NextTry } from './next-try.js';
import type { TargetOptions, Targets } from './targets.js';

/** Options of `Upstream`. */
export interface UpstreamOptions extends TargetOptions {
  balancer: LoadBalancer;
  /** From the end of a request to the headers of its answer. */
  headersTimeoutMs: number;
  /** Longest silence within an answer. */
  idleTimeoutMs: number;
  /** Longest silence within an event stream. Default 0: any. */
  streamIdleTimeoutMs?: number;
  /** How often a request may go out. */
  retries?: RetryBudgetOptions & {
    /** Default 3, minimum 1. */
    maxTries?: number;
  };
  /** What may follow a failed try. Default: `nextTry`. */
  nextTry?: (failed: FailedTry) => NextTry;
  /** Whether an answer counts as an error of its backend. Default: 5xx. */
  isError?: (statusCode: number) => boolean;
  /** Whether another backend may answer better; its answer is held until one does. Default: never. */
  isDeclined?: (statusCode: number) => boolean;
  /** The error of a request that got no answer. @param backend its URL; empty if none was asked */
  toError: (backend: string, error: unknown) => SlipstreamError;
  logger: Logger<'info' | 'warn'>;
}

/** Limits that can be replaced. */
export type UpstreamLimits = Pick<
  UpstreamOptions,
  'headersTimeoutMs' | 'idleTimeoutMs' | 'streamIdleTimeoutMs' | 'retries'
>;

/** What every request is forwarded by. */
export type ForwardingPorts = Omit<UpstreamOptions, 'retries' | keyof TargetOptions> &
  Required<Pick<UpstreamOptions, 'nextTry' | 'isError' | 'streamIdleTimeoutMs'>> & {
    targets: Targets;
    retryBudget: RetryBudget;
    maxTries: number;
  };
