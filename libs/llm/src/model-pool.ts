import { LoadBalancer, NoHealthyBackendsError, type BackendStatus } from '@slipstream/balancer';
import type { Model } from '@slipstream/contracts';
import { viaPseudonym } from '@slipstream/http';
import type { ChatEnd } from './chat-end.js';
import { chatStream } from './chat-stream.js';
import { Failover } from './failover.js';
import { loadModels } from './load-models.js';
import type { Logger } from './logger.port.js';
import type { DependencyMetrics } from './metrics.port.js';
import { ModelCatalog } from './model-catalog.js';
import { ModelList } from './model-list.js';
import {
  ModelServer,
  normalizeBaseUrl,
  type ModelAnswer,
  type ModelBackendOptions,
  type ModelRequest,
  type ModelTlsOptions,
} from './model-server.js';
import { untilAborted } from './until-aborted.js';

/** Options of {@link ModelPool}. */
export interface ModelPoolOptions {
  backends: readonly ModelBackendOptions[];
  /** How https servers are trusted. Default: as Node trusts. */
  tls?: ModelTlsOptions;
  /** Longest wait for a connection to be made. Default 5000, minimum 1. */
  connectTimeoutMs?: number;
  /** From a request for a stream to the first piece of the answer, over all servers tried. Default 60000, minimum 1. */
  firstTokenTimeoutMs?: number;
  /** Longest silence of the model within an answer. Default 60000, minimum 1. */
  stallTimeoutMs?: number;
  /**
   * From a request for an answer in one piece to its headers, which come when it is ready. Default 600000, minimum 1.
   */
  wholeAnswerTimeoutMs?: number;
  /** Largest text that `streamChat` yields, in UTF-8; its readers keep it. Default 8388608 (8 MiB), minimum 1. */
  maxResponseBytes?: number;
  /** How long a list of models is taken for current. Default 10000. */
  modelListTtlMs?: number;
  /** Name of this gateway in Via, by which a call that comes back to it is known. Default: a random one. */
  pseudonym?: string;
  logger: Logger;
  metrics?: DependencyMetrics;
}

/** One turn of a conversation, as model servers know it. */
export interface ChatTurn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** A question to a model. */
export interface StreamChatOptions {
  /** Default: the first of {@link ModelPool.models}. */
  model?: string;
  messages: readonly ChatTurn[];
  /** Ends the call, here and at the model server, as soon as it aborts. */
  signal: AbortSignal;
  /** W3C trace context to pass on. */
  traceparent?: string;
  /** Passed on as X-Request-Id. */
  requestId?: string;
}

/** A call to pass through to a server that has the model. */
export interface ModelCall extends Pick<ModelRequest, 'path' | 'headers' | 'signal'> {
  model: string;
  body: readonly Buffer[];
  /** Whether the answer comes piece by piece. */
  isStream: boolean;
}

/** OpenAI-compatible model servers as one. */
export class ModelPool {
  private readonly servers: ReadonlyMap<string, ModelServer>;
  private readonly catalog: ModelCatalog;
  private readonly balancer: LoadBalancer;
  private readonly failover: Failover;
  /** Of this gateway in Via. */
  readonly pseudonym: string;
  private readonly closing = new AbortController();
  private readonly limits: Required<
    Pick<ModelPoolOptions, 'firstTokenTimeoutMs' | 'stallTimeoutMs' | 'wholeAnswerTimeoutMs' | 'maxResponseBytes'>
  >;

  /** @throws InvalidInputError `invalid_backend` when a URL is listed twice or a weight is not a positive number */
  constructor(options: ModelPoolOptions) {
    const {
      backends,
      connectTimeoutMs = 5_000,
      modelListTtlMs = 10_000,
      pseudonym = viaPseudonym(),
      logger,
      metrics,
    } = options;
    this.pseudonym = pseudonym;
    const {
      firstTokenTimeoutMs = 60_000,
      stallTimeoutMs = 60_000,
      wholeAnswerTimeoutMs = 600_000,
      maxResponseBytes = 8 * 1024 * 1024,
    } = options;
    this.limits = { firstTokenTimeoutMs, stallTimeoutMs, wholeAnswerTimeoutMs, maxResponseBytes };
    this.balancer = new LoadBalancer({
      name: 'models',
      backends: backends.map(({ url, weight }) => ({ url: normalizeBaseUrl(url), weight })),
      healthCheck: { probe: ({ url }) => this.catalog.refresh(url) },
      logger,
    });
    const servers = backends.map(
      (backend) => new ModelServer(backend, connectTimeoutMs, { pseudonym, tls: options.tls }),
    );
    this.servers = new Map(servers.map((server) => [server.url, server]));
    this.catalog = new ModelCatalog(
      new Map(
        servers.map((server) => [
          server.url,
          new ModelList(() => loadModels(server, this.closing.signal, metrics), modelListTtlMs),
        ]),
      ),
    );
    this.failover = new Failover({ balancer: this.balancer, servers: this.servers, logger, metrics });
  }

  /** Begins the health checks, which also fetch the lists of models. Waits for nothing. */
  start(): void {
    this.balancer.start();
  }

  /** Ends everything, answers under way too: let them finish before. May be called again. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the model pool is closing'));
    await this.balancer.close();
    await Promise.all([...this.servers.values()].map((server) => server.close()));
  }

  /**
   * Every model that some server has. A server that is away keeps its last good list and is waited for by nobody; only
   * a server that was never asked before is, for 3 s at most.
   */
  models(): Promise<Model[]> {
    return this.catalog.models();
  }

  /** Asks all servers. @throws NoHealthyBackendsError when none lists its models */
  async check(): Promise<void> {
    try {
      await Promise.any([...this.servers.keys()].map((url) => this.catalog.refresh(url)));
    } catch (cause) {
      throw new NoHealthyBackendsError('models', { cause });
    }
  }

  /** Every server as it is now. */
  backends(): readonly BackendStatus[] {
    return this.balancer.backends();
  }

  /**
   * Asks a model and yields its answer as text, piece by piece. Another server is tried as long as none has answered;
   * once text has come, a failure ends the call. An answer that the model did not finish is an error, never a short
   * answer.
   *
   * @returns how the answer ended: whole, or cut by the model or its server (`length`, `content_filter`, a refusal, …)
   * @throws ModelError; `isRetryable` says whether the same question may be asked again
   * @throws NoHealthyBackendsError when no server that has the model can be reached
   * @throws the signal's reason when it aborts
   */
  async *streamChat({
    model,
    messages,
    signal,
    traceparent,
    requestId,
  }: StreamChatOptions): AsyncGenerator<string, ChatEnd, void> {
    const headers = ['content-type', 'application/json', 'accept', 'text/event-stream'];
    if (traceparent !== undefined) headers.push('traceparent', traceparent);
    if (requestId !== undefined) headers.push('x-request-id', requestId);
    const open = async (ended: AbortSignal): Promise<ModelAnswer> => {
      const chosen = model ?? (await untilAborted(this.firstModel(), ended));
      const body = [Buffer.from(JSON.stringify({ model: chosen, messages, stream: true }))];
      return this.send(chosen, {
        method: 'POST',
        path: '/chat/completions',
        headers,
        body,
        signal: ended,
        headersTimeoutMs: 0,
        bodyTimeoutMs: 0,
      });
    };
    return yield* chatStream(open, signal, this.limits);
  }

  /**
   * Passes a call through, byte for byte. Read the answer's body to its end, or destroy it.
   *
   * @throws ModelError `model_not_found`, `model_failed` or `model_first_token_timeout`
   * @throws NoHealthyBackendsError when no server that has the model can be reached
   * @throws the signal's reason when it aborts
   */
  forward({ model, path, headers, body, signal, isStream }: ModelCall): Promise<ModelAnswer> {
    const { firstTokenTimeoutMs, stallTimeoutMs, wholeAnswerTimeoutMs } = this.limits;
    const headersTimeoutMs = isStream ? firstTokenTimeoutMs : wholeAnswerTimeoutMs;
    return this.send(model, {
      method: 'POST',
      path,
      headers,
      body,
      signal,
      headersTimeoutMs,
      bodyTimeoutMs: stallTimeoutMs,
    });
  }

  private async send(model: string, request: ModelRequest): Promise<ModelAnswer> {
    await untilAborted(this.catalog.require(model), request.signal);
    return this.failover.send(request, (url) => this.catalog.serves(url, model));
  }

  private async firstModel(): Promise<string> {
    const [first] = await this.models();
    if (first) return first.id;
    throw new NoHealthyBackendsError('models');
  }
}
