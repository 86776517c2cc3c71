import { NoHealthyBackendsError, type BackendStatus, type LoadBalancer } from '@slipstream/balancer';
import { InvalidInputError, type Logger, type Model } from '@slipstream/contracts';
import { viaPseudonym, type RawHeaders, type Receiver } from '@slipstream/http';
import type { AnswerReader, BackendTlsOptions, Tried, Upstream } from '@slipstream/upstream';
import type { ChatEnd } from './chat-end.js';
import { chatStream } from './chat-stream.js';
import { isDeclined } from './failure-policy.js';
import { loadModels } from './load-models.js';
import type { DependencyMetrics } from './metrics.port.js';
import { normalizeBaseUrl, type ModelBackendOptions } from './model-backend.js';
import { ModelCatalog } from './model-catalog.js';
import { ModelFaults, type CallKind } from './model-faults.js';
import { ModelList } from './model-list.js';
import { createModelUpstream, type ModelUpstream } from './model-upstream.js';

/** Options of {@link ModelPool}. */
export interface ModelPoolOptions {
  backends: readonly ModelBackendOptions[];
  /** How https servers are trusted. Default: as Node trusts. */
  tls?: BackendTlsOptions;
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

/** Options that can be replaced. */
export type ModelServers = Required<Pick<ModelPoolOptions, 'backends' | 'firstTokenTimeoutMs' | 'stallTimeoutMs'>>;

const urlsOf = (backends: readonly ModelBackendOptions[]): string[] => backends.map(({ url }) => normalizeBaseUrl(url));

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
export interface ModelCall {
  model: string;
  /** Below the base URL, such as `/chat/completions`; may have a query. */
  path: string;
  /** End-to-end fields, without credentials. */
  headers: RawHeaders;
  body: readonly Buffer[];
  /** Whether the answer comes piece by piece. */
  isStream: boolean;
  requestId?: string;
  /** W3C trace context, for logs. */
  traceparent?: string;
  /** Gets the answer, or why there is none: ModelError, NoHealthyBackendsError, LocalResourcesError, PoolBusyError. */
  receiver: Receiver;
}

/** A call on its way, with the limits of its caller. */
type SentCall = Omit<ModelCall, 'isStream'> & {
  headersTimeoutMs: number;
  idleTimeoutMs?: number;
  onSent?: (backend: string) => void;
};

/** OpenAI-compatible model servers as one. */
export class ModelPool {
  /** Which server gets a call. */
  readonly balancer: LoadBalancer;
  /** Of this gateway in Via. */
  readonly pseudonym: string;
  private readonly way: ModelUpstream;
  private readonly upstream: Upstream;
  private readonly catalog: ModelCatalog;
  private readonly faults = new ModelFaults(() => performance.now());
  private readonly closing = new AbortController();
  private readonly metrics?: DependencyMetrics;
  private readonly limits: Required<
    Pick<ModelPoolOptions, 'firstTokenTimeoutMs' | 'stallTimeoutMs' | 'wholeAnswerTimeoutMs' | 'maxResponseBytes'>
  >;

  /** @throws InvalidInputError `invalid_backend` when a URL is listed twice or a weight is not a positive number */
  constructor(options: ModelPoolOptions) {
    const { backends, tls, connectTimeoutMs = 5_000, pseudonym = viaPseudonym(), logger, metrics } = options;
    const { firstTokenTimeoutMs = 60_000, stallTimeoutMs = 60_000, modelListTtlMs = 10_000 } = options;
    const { wholeAnswerTimeoutMs = 600_000, maxResponseBytes = 8 * 1024 * 1024 } = options;
    this.pseudonym = pseudonym;
    this.metrics = metrics;
    this.limits = { firstTokenTimeoutMs, stallTimeoutMs, wholeAnswerTimeoutMs, maxResponseBytes };
    this.way = createModelUpstream({
      backends,
      tls,
      connectTimeoutMs,
      firstTokenTimeoutMs,
      stallTimeoutMs,
      pseudonym,
      probe: ({ url }) => this.catalog.refresh(url),
      logger,
    });
    const { balancer, upstream } = this.way;
    this.balancer = balancer;
    this.upstream = upstream;
    const listOf = (url: string): ModelList =>
      new ModelList(() => loadModels(upstream, url, this.closing.signal, metrics), modelListTtlMs);
    this.catalog = new ModelCatalog(urlsOf(backends), listOf);
  }

  /**
   * Replaces the servers and limits. Servers that stay keep what is known of them; calls under way go on.
   *
   * @throws InvalidInputError `invalid_backend`; the pool is as it was then
   */
  use(servers: ModelServers): void {
    const { backends, firstTokenTimeoutMs, stallTimeoutMs } = servers;
    if (backends.length === 0)
      throw new InvalidInputError('invalid_backend', 'llm.backends: names no server any more; keep one, or restart');
    this.catalog.setServers(urlsOf(backends));
    this.way.use(servers);
    Object.assign(this.limits, { firstTokenTimeoutMs, stallTimeoutMs });
  }

  /** Begins the health checks, which also fetch the lists of models. Waits for nothing. */
  start(): void {
    this.balancer.start();
  }

  /** Ends everything, answers under way too: let them finish before. May be called again. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the model pool is closing'));
    await this.upstream.close();
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
      await Promise.any(this.catalog.urls.map((url) => this.catalog.refresh(url)));
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
    const open = async (receiver: AnswerReader, onSent: (backend: string) => void): Promise<void> => {
      const chosen = model ?? (await this.firstModel());
      const body = [Buffer.from(JSON.stringify({ model: chosen, messages, stream: true }))];
      const limits = { headersTimeoutMs: 0, idleTimeoutMs: 0 };
      const path = '/chat/completions';
      await this.send({ model: chosen, path, headers, body, requestId, receiver, onSent, ...limits });
    };
    return yield* chatStream(open, signal, this.limits);
  }

  /** Passes a call through, byte for byte. Never throws: the call's receiver gets what goes wrong. */
  forward({ isStream, ...call }: ModelCall): void {
    const { firstTokenTimeoutMs, wholeAnswerTimeoutMs } = this.limits;
    const sent = { ...call, headersTimeoutMs: isStream ? firstTokenTimeoutMs : wholeAnswerTimeoutMs };
    if (this.catalog.isKnown(call.model)) this.sendKnown(sent);
    else this.send(sent).catch((error: unknown) => call.receiver.refuse(error));
  }

  /**
   * @throws ModelError `model_not_found`
   * @throws NoHealthyBackendsError when no server has ever listed its models
   */
  private async send(call: SentCall): Promise<void> {
    await this.catalog.require(call.model);
    this.sendKnown(call);
  }

  private sendKnown({ model, path, ...call }: SentCall): void {
    const kind = { model, path };
    this.upstream.forward({
      ...call,
      method: 'POST',
      url: path,
      pickOptions: { accepts: ({ url }) => this.catalog.serves(url, model) },
      avoid: this.faults.avoided(this.catalog.urls, kind),
      onTried: (tried) => this.onTried(tried, kind),
    });
  }

  private onTried({ backend, statusCode, outcome, isAbandoned, seconds }: Tried, kind: CallKind): void {
    const isFailed = outcome !== 'ok';
    if (isAbandoned && !isFailed && statusCode === undefined) return; // nothing is known of the server
    this.faults.report(backend, kind, isFailed || (statusCode !== undefined && isDeclined(statusCode)));
    const isOk = !isFailed && statusCode !== undefined && statusCode < 500;
    this.metrics?.observe('model_server', 'generate', isOk ? 'ok' : 'error', seconds);
  }

  private async firstModel(): Promise<string> {
    const [first] = await this.models();
    if (first) return first.id;
    throw new NoHealthyBackendsError('models');
  }
}
