import { RetryBudget } from '@slipstream/balancer';
import { readAnswer, type Http1Request, type ReadAnswer, type ReadAnswerOptions } from '@slipstream/http1';
import type { ForwardedRequest } from './forwarded-request.js';
import { BackendWriteIdle } from './backend-write-idle.js';
import { Forwarding } from './forwarding.js';
import { nextTry } from './next-try.js';
import { Targets, type Addressed } from './targets.js';
import type { ForwardingPorts, UpstreamLimits, UpstreamOptions } from './upstream-options.js';

/** Connects a pool of backends with its callers. */
export class Upstream {
  private ports: ForwardingPorts;
  private readonly targets: Targets;
  private readonly writeIdle?: BackendWriteIdle;

  constructor(options: UpstreamOptions) {
    const { retries: { maxTries = 3, ...budget } = {}, writeIdleTimeoutMs, ...ports } = options;
    if (writeIdleTimeoutMs !== undefined) this.writeIdle = new BackendWriteIdle(writeIdleTimeoutMs, options.logger);
    this.targets = new Targets({ ...options, onSocket: this.writeIdle?.add });
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

  /** Replaces limits for future requests. */
  setLimits({ retries: { maxTries = 3, ...budget } = {}, ...timeouts }: UpstreamLimits): void {
    this.ports = {
      ...this.ports,
      ...timeouts,
      maxTries,
      retryBudget: new RetryBudget(budget, () => performance.now()),
    };
  }

  /** Sends a request to a backend. The request's receiver gets the answer, or the error if there is none. */
  forward(request: ForwardedRequest): void {
    new Forwarding(this.ports, request).begin();
  }

  /**
   * Sends a request of this process to one backend, and reads the answer.
   *
   * @throws as `readAnswer`
   */
  read(backend: Addressed, request: Http1Request, options: ReadAnswerOptions): Promise<ReadAnswer> {
    const target = this.targets.to(backend);
    const { path, headers } = request;
    const own = { ...request, path: target.pathOf(path), headers: target.headersOf(headers) };
    return readAnswer(target.connections, own, options);
  }

  /** Replaces the backends of the pool, and releases the connections to others. */
  setBackends(urls: ReadonlySet<string>): void {
    this.targets.retain(urls);
  }

  /** Closes everything, including running requests. Call it after they have finished. */
  async close(): Promise<void> {
    this.writeIdle?.stop();
    await Promise.all([this.ports.balancer.close(), this.targets.close()]);
  }
}
