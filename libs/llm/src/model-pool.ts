import { NoHealthyBackendsError, type BackendStatus, type LoadBalancer } from '@slipstream/balancer';
import { InvalidInputError, type Model } from '@slipstream/contracts';
import { viaPseudonym } from '@slipstream/http';
import { currentContext } from '@slipstream/telemetry';
import { AnswerReader, type Tried, type Upstream } from '@slipstream/upstream';
import type { ChatEnd } from './chat-end.js';
import { chatStream } from './chat-stream.js';
import { embeddingsBody, readEmbeddings, type EmbedOptions } from './embeddings.js';
import { isDeclined } from './failure-policy.js';
import { loadModels, type ListedServer } from './load-models.js';
import type { DependencyMetrics, ModelMetrics } from './metrics.port.js';
import { normalizeBaseUrl, type ModelBackendOptions } from './model-backend.js';
import { modelCall } from './model-call.js';
import { ModelCatalog } from './model-catalog.js';
import { ModelFailures, type CallKind } from './model-failures.js';
import { ModelList } from './model-list.js';
import type { ModelCall, SentCall, StreamChatOptions } from './model-pool.calls.js';
import type { ModelPoolOptions, ModelServers } from './model-pool.options.js';
import { createModelUpstream, type ModelUpstream } from './model-upstream.js';

const urlsOf = (backends: readonly ModelBackendOptions[]): string[] => backends.map(({ url }) => normalizeBaseUrl(url));

/** OpenAI-compatible model servers as one. */
export class ModelPool {
  /** Chooses the server of a call. */
  readonly balancer: LoadBalancer;
  /** Of this gateway in Via. */
  readonly pseudonym: string;
  private readonly way: ModelUpstream;
  private readonly upstream: Upstream;
  private readonly catalog: ModelCatalog;
  private readonly failures = new ModelFailures(() => performance.now());
  private readonly closing = new AbortController();
  private readonly metrics?: DependencyMetrics;
  private readonly modelMetrics?: ModelMetrics;
  private readonly limits: Required<
    Pick<ModelPoolOptions, 'firstTokenTimeoutMs' | 'stallTimeoutMs' | 'wholeAnswerTimeoutMs' | 'maxResponseBytes'>
  >;

  /** @throws InvalidInputError `invalid_backend` if a URL is a duplicate or a weight is not a positive number */
  constructor(options: ModelPoolOptions) {
    const { backends, tls, connectTimeoutMs = 5_000, pseudonym = viaPseudonym(), logger, metrics } = options;
    const { firstTokenTimeoutMs = 60_000, stallTimeoutMs = 60_000, modelListTtlMs = 10_000 } = options;
    const { wholeAnswerTimeoutMs = 600_000, maxResponseBytes = 8 * 1024 * 1024 } = options;
    this.pseudonym = pseudonym;
    this.metrics = metrics;
    this.modelMetrics = options.modelMetrics;
    this.limits = { firstTokenTimeoutMs, stallTimeoutMs, wholeAnswerTimeoutMs, maxResponseBytes };
    this.way = createModelUpstream({
      backends,
      tls,
      connectTimeoutMs,
      firstTokenTimeoutMs,
      stallTimeoutMs,
      pseudonym,
      probe: ({ url }) => this.catalog.refresh(url),
      onUncaughtError: options.onUncaughtError,
      logger,
    });
    const { balancer, upstream } = this.way;
    this.balancer = balancer;
    this.upstream = upstream;
    const serverOf = (url: string): ListedServer => ({ url, at: `llm.backends[${this.catalog.urls.indexOf(url)}]` });
    const listOf = (url: string): ModelList =>
      new ModelList(() => loadModels(upstream, serverOf(url), this.closing.signal, metrics), modelListTtlMs);
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

  /** Starts the health checks, which also load the lists of models. It does not wait. */
  start(): void {
    this.balancer.start();
  }

  /** Ends everything, including running answers: wait for these first. May be called again. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the model pool is closing'));
    await this.upstream.close();
  }

  /**
   * Returns every model of the servers. An unreachable server keeps its last good list. The call waits only for servers
   * without any list, for 3 s at most.
   */
  models(): Promise<Model[]> {
    return this.catalog.models();
  }

  /** Requests all lists. @throws NoHealthyBackendsError if no server lists its models */
  async check(): Promise<void> {
    try {
      await Promise.any(this.catalog.urls.map((url) => this.catalog.refresh(url)));
    } catch (cause) {
      throw new NoHealthyBackendsError('models', { cause });
    }
  }

  /** Returns the current state of every server. */
  backends(): readonly BackendStatus[] {
    return this.balancer.backends();
  }

  /**
   * Calls a model and yields its answer as text, in pieces. Other servers are tried until one has answered; after the
   * first text, a failure ends the call. An unfinished answer is an error, never a short answer.
   *
   * @returns how the answer ended: complete, or cut by the model or its server (`length`, `content_filter`, a refusal,
   * …)
   * @throws ModelError; `isRetryable` says whether the same question may be sent again
   * @throws NoHealthyBackendsError if no server with the model is reachable
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
      await this.send({
        model: chosen,
        path,
        headers,
        body,
        requestId,
        span: currentContext()?.span,
        receiver,
        onSent,
        ...limits,
      });
    };
    return yield* chatStream(open, signal, this.limits);
  }

  /**
   * Embeds texts, by any server that has the model. Vectors are in the order of the texts, and of one length.
   *
   * @throws ModelError; `isRetryable` says whether the same call may be sent again
   * @throws NoHealthyBackendsError if no server with the model is reachable
   * @throws the signal's reason when it aborts
   */
  async embed(options: EmbedOptions): Promise<Float32Array[]> {
    const { model, texts, signal } = options;
    signal.throwIfAborted();
    const receiver = new AnswerReader();
    const abort = (): void => receiver.fail(signal.reason);
    signal.addEventListener('abort', abort);
    try {
      const { firstTokenTimeoutMs: headersTimeoutMs, stallTimeoutMs: idleTimeoutMs } = this.limits;
      let backend = '';
      const onSent = (url: string): void => void (backend = url);
      const headers = ['content-type', 'application/json', 'accept', 'application/json'];
      const body = [embeddingsBody(options)];
      const limits = { headersTimeoutMs, idleTimeoutMs };
      const { span } = currentContext() ?? {};
      this.send({ model, path: '/embeddings', headers, body, span, receiver, onSent, ...limits }).catch(
        (error: unknown) => receiver.refuse(error),
      );
      return await readEmbeddings(receiver, () => backend, texts.length);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Forwards a call unchanged. Never throws: the call's receiver gets errors. */
  forward({ isStream, ...call }: ModelCall): void {
    const { firstTokenTimeoutMs, wholeAnswerTimeoutMs } = this.limits;
    const sent = { ...call, headersTimeoutMs: isStream ? firstTokenTimeoutMs : wholeAnswerTimeoutMs };
    if (this.catalog.isKnown(call.model)) this.sendKnown(sent);
    else this.send(sent).catch((error: unknown) => call.receiver.refuse(error));
  }

  /**
   * @throws ModelError `model_not_found`
   * @throws NoHealthyBackendsError if no server has ever listed its models
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
      call: call.span && modelCall(kind),
      url: path,
      pickOptions: { accepts: ({ url }) => this.catalog.serves(url, model) },
      avoid: this.failures.avoided(this.catalog.urls, kind),
      onTried: (tried) => this.onTried(tried, kind),
    });
  }

  private onTried({ backend, statusCode, outcome, isAbandoned, seconds }: Tried, kind: CallKind): void {
    const isFailed = outcome !== 'ok';
    if (isAbandoned && !isFailed && statusCode === undefined) return; // the state of the server is unknown
    this.failures.report(backend, kind, isFailed || (statusCode !== undefined && isDeclined(statusCode)));
    const end = !isFailed && statusCode !== undefined && statusCode < 500 ? 'ok' : 'error';
    this.metrics?.observe('model_server', 'generate', end, seconds);
    this.modelMetrics?.observe(kind.model, end, seconds);
  }

  private async firstModel(): Promise<string> {
    const [first] = await this.models();
    if (first) return first.id;
    throw new NoHealthyBackendsError('models');
  }
}
