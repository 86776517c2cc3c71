import { RetryBudget, type LoadBalancer, type RetryBudgetOptions } from '@slipstream/balancer';
import type { SlipstreamError } from '@slipstream/contracts';
import { readAnswer, type Http1Request, type ReadAnswer, type ReadAnswerOptions } from '@slipstream/http1';
import type { ForwardedRequest } from './forwarded-request.js';
import { Forwarding } from './forwarding.js';
import type { Logger } from './logger.port.js';
import { nextTry, type FailedTry, type NextTry } from './next-try.js';
import { Targets, type Addressed, type TargetOptions } from './targets.js';

/** Options of {@link Upstream}. */
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
  /** What may follow a failed try. Default: {@link nextTry}. */
  nextTry?: (failed: FailedTry) => NextTry;
  /** Whether an answer counts as an error of its backend. Default: 5xx. */
  isError?: (statusCode: number) => boolean;
  /** Whether another backend may answer better; its answer is held until one does. Default: never. */
  isDeclined?: (statusCode: number) => boolean;
  /** The error of a request that got no answer. @param backend its URL; empty if none was asked */
  toError: (backend: string, error: unknown) => SlipstreamError;
  logger: Logger;
}

/** What every request is forwarded by. */
export type ForwardingPorts = Omit<UpstreamOptions, 'retries' | keyof TargetOptions> &
  Required<Pick<UpstreamOptions, 'nextTry' | 'isError' | 'streamIdleTimeoutMs'>> & {
    targets: Targets;
    retryBudget: RetryBudget;
    maxTries: number;
  };

/** The way to the backends of one pool. */
export class Upstream {
  private readonly ports: ForwardingPorts;
  private readonly targets: Targets;

  constructor(options: UpstreamOptions) {
    const { retries: { maxTries = 3, ...budget } = {}, ...ports } = options;
    this.targets = new Targets(options);
    this.ports = {
      streamIdleTimeoutMs: 0,
      nextTry,
      isError: (statusCode) => statusCode >= 500,
      ...ports,
      targets: this.targets,
      retryBudget: new RetryBudget(budget, () => performance.now()),
      maxTries,
    };
  }

  /** Sends a request to a backend, and its answer, or why there is none, to the request's receiver. */
  forward(request: ForwardedRequest): void {
    new Forwarding(this.ports, request).begin();
  }

  /**
   * Asks one backend on behalf of this process, and reads the answer.
   *
   * @throws as `readAnswer`
   */
  read(backend: Addressed, request: Http1Request, options: ReadAnswerOptions): Promise<ReadAnswer> {
    const target = this.targets.to(backend);
    const { path, headers } = request;
    const own = { ...request, path: target.pathOf(path), headers: target.headersOf(headers) };
    return readAnswer(target.connections, own, options);
  }

  /** The pool has these backends now: lets go of the connections to others. */
  setBackends(urls: ReadonlySet<string>): void {
    this.targets.retain(urls);
  }

  /** Ends everything, what is under way too: let it finish before. */
  async close(): Promise<void> {
    await Promise.all([this.ports.balancer.close(), this.targets.close()]);
  }
}
