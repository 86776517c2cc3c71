import { LocalResourcesError, NoHealthyBackendsError, type Lease, type LoadBalancer } from '@slipstream/balancer';
import { messageOf, type SlipstreamError } from '@slipstream/contracts';
import { isHeadersTimeout, isUnreachable, toCallError } from './call-error.js';
import type { Logger } from './logger.port.js';
import type { DependencyMetrics } from './metrics.port.js';
import type { ModelAnswer, ModelRequest, ModelServer } from './model-server.js';

/** What {@link Failover} stands on. */
export interface FailoverPorts {
  balancer: LoadBalancer;
  /** By base URL. */
  servers: ReadonlyMap<string, ModelServer>;
  logger: Logger;
  metrics?: DependencyMetrics;
}

const NO_ANSWER = 'model server gave no answer';
const NOT_SENT = 'model call not sent: this machine has no file descriptor, port or memory for a connection';

type Attempt = { readonly answer: ModelAnswer } | { readonly error: SlipstreamError; readonly isFinal: boolean };

/**
 * Sends a request to one server after the other, each at most once, until one takes it. That is safe while nothing of
 * an answer has been passed on; after that, whoever reads the body deals with how it ends.
 */
export class Failover {
  constructor(private readonly ports: FailoverPorts) {}

  /**
   * @param accepts which servers come into question, by base URL
   * @returns the first answer that is neither 5xx nor 429; when there is none, the last of those
   * @throws NoHealthyBackendsError when no server is healthy, or none could be reached
   * @throws ModelError `model_failed` or `model_first_token_timeout`
   * @throws the signal's reason when it aborts
   */
  async send(request: ModelRequest, accepts: (url: string) => boolean): Promise<ModelAnswer> {
    const tried = new Set<string>();
    let fallback: Attempt | undefined;
    for (;;) {
      const lease = this.pick((url) => accepts(url) && !tried.has(url), fallback);
      if (!lease) return conclude(fallback);
      tried.add(lease.backend.url);
      const attempt = await this.attempt(lease, request);
      if (isDecisive(attempt)) {
        discard(fallback);
        return conclude(attempt);
      }
      fallback = better(fallback, attempt);
    }
  }

  private pick(accepts: (url: string) => boolean, fallback: Attempt | undefined): Lease | undefined {
    try {
      return this.ports.balancer.pick({ accepts: ({ url }) => accepts(url) });
    } catch (error) {
      if (fallback && error instanceof NoHealthyBackendsError) return undefined;
      throw error;
    }
  }

  private async attempt(lease: Lease, request: ModelRequest): Promise<Attempt> {
    const { url } = lease.backend;
    const startedAt = performance.now();
    try {
      const answer = await this.server(url).request(request);
      lease.answered(answer.statusCode);
      answer.body.once('close', () => {
        lease.release();
        this.observe(startedAt, answer.statusCode < 500 && answer.body.errored === null);
      });
      return { answer };
    } catch (error) {
      lease.release(isUnreachable(error) ? 'unreachable' : 'ok');
      request.signal.throwIfAborted();
      this.observe(startedAt, false);
      const failure = toCallError(error, url);
      const what = failure instanceof LocalResourcesError ? NOT_SENT : NO_ANSWER;
      this.ports.logger.warn({ backend: url, reason: messageOf(error), ...failure.context }, what);
      return { error: failure, isFinal: isHeadersTimeout(error) };
    }
  }

  private server(url: string): ModelServer {
    const server = this.ports.servers.get(url);
    if (!server) throw new Error(`the balancer picked ${url}, which is no server of this pool`);
    return server;
  }

  private observe(startedAt: number, isOk: boolean): void {
    this.ports.metrics?.observe(
      'model_server',
      'generate',
      isOk ? 'ok' : 'error',
      (performance.now() - startedAt) / 1000,
    );
  }
}

/** Another server may do better after 5xx and 429; not after a silence, which used up the caller's time. */
function isDecisive(attempt: Attempt): boolean {
  if ('error' in attempt) return attempt.isFinal;
  return attempt.answer.statusCode < 500 && attempt.answer.statusCode !== 429;
}

/** A server's own words tell the caller more than that another one can't be reached. */
function better(fallback: Attempt | undefined, attempt: Attempt): Attempt {
  if (fallback && 'answer' in fallback && 'error' in attempt) return fallback;
  discard(fallback);
  return attempt;
}

function conclude(attempt: Attempt | undefined): ModelAnswer {
  if (attempt && 'answer' in attempt) return attempt.answer;
  throw attempt?.error ?? new NoHealthyBackendsError('models');
}

/** Reads the rest of a small answer away, so that its connection can be used again. */
function discard(attempt: Attempt | undefined): void {
  if (attempt && 'answer' in attempt) void attempt.answer.body.dump();
}
