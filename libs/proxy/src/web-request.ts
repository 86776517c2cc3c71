import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Span } from '@slipstream/contracts';
import { filterHeaders, type RawHeaders, type Receiver } from '@slipstream/http';
import type { CacheClient, CacheOutcome, CacheRule, OriginFetch, Passage, WriteUnderWay } from '@slipstream/http-cache';
import { ClientReceiver, type ResponseBuffers, type Upstream } from '@slipstream/upstream';
import { assetClassOf, cacheRequestOf, withholdFromEdge, type Caching } from './caching.js';
import { addOwnFields, type Preference } from './own-fields.js';
import type { ProxyContext } from './proxy-context.js';
import { toProxyError } from './proxy-errors.js';
import { readyBody, type KeptContent } from './replayable-body.js';
import { upstreamHeaders, type ProxyNames } from './upstream-headers.js';

/** Shared parts that serve every request. */
export interface WebRequestPorts extends KeptContent {
  upstream: Upstream;
  /** Buffers of answers for slow clients. */
  buffers: ResponseBuffers;
  /** Answers the client with an error, before anything else was sent. */
  refuse: (response: ServerResponse, error: unknown, requestId: string) => void;
  names: ProxyNames;
  /** Absent: the backends answer all requests. */
  caching?: Caching;
}

/** A client's request, answered by the response cache if possible, otherwise by a backend. */
export class WebRequest implements CacheClient {
  private readonly method: string;
  private readonly target: string;
  private forwardedHeaders?: string[];
  /** Changes to stored responses that the request causes. */
  private write?: WriteUnderWay;
  /** Rule of the path, if the cache handles it. */
  private rule?: CacheRule;
  /** Backend that answered the cache. */
  private backend?: string;
  /** Whether it was answered from the store. A later fetch renews the stored response outside of this request. */
  private isAnswered = false;
  /** Span of the cache look-up, until the cache answers or a backend is needed. */
  private lookup?: Span;

  constructor(
    private readonly ports: WebRequestPorts,
    private readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly context: ProxyContext,
    private readonly preference: Preference,
  ) {
    this.method = request.method ?? '';
    this.target = context.url;
  }

  serve(): void {
    const { request, ports, context } = this;
    if (!ports.caching) return this.pass();
    const { cache, rules, offers } = ports.caching;
    if (offers && this.method === 'GET' && offers.serve(this.target, request.rawHeaders, this.response)) return;
    const { method, target } = this;
    const { peer } = context;
    this.write = rules.write({ method, target, headers: request.rawHeaders, isTrusted: peer.isTrusted });
    const known = { request, method, target, peer, forwardedHeaders: () => this.headers() };
    const cacheRequest = cacheRequestOf(known, rules, this.write !== undefined);
    this.rule = cacheRequest.rule;
    this.lookup = context.span?.child({ name: 'response cache look-up', kind: 'internal' });
    cache.handle(cacheRequest, this);
  }

  pass(passage?: Passage): void {
    const { request, response, ports, context } = this;
    this.lookup?.end();
    if (this.write) response.once('close', () => this.write?.lost());
    const onHead = (backend: string, statusCode: number, headers: string[]): void => {
      this.write?.answered(statusCode, headers);
      this.write = undefined;
      this.completeHead(statusCode, headers);
      passage?.onHead(statusCode, headers);
      this.addFields(statusCode, headers, backend);
    };
    readyBody(request, response, ports, (body) => {
      const { requestId, traceparent, span, timeline } = context;
      ports.upstream.forward({
        method: this.method,
        url: this.target,
        ...this.maybePage(this.headers(), this.receiver()),
        body,
        requestId,
        traceparent,
        span,
        timeline,
        pickOptions: this.preference.pickOptions,
        onHead,
      });
    });
  }

  private receiver(): ClientReceiver {
    const { response, ports, context } = this;
    return new ClientReceiver(response, ports.buffers, (error) => ports.refuse(response, error, context.requestId));
  }

  fetch(fetch: OriginFetch): void {
    this.lookup?.end();
    const onHead = (backend: string, statusCode: number, headers: string[]): void => {
      this.backend = backend;
      this.completeHead(statusCode, headers);
    };
    const { requestId, traceparent, span, timeline } = this.context;
    this.ports.upstream.forward({
      method: 'GET',
      url: this.target,
      ...this.maybePage(fetch.headers, fetch),
      body: null,
      requestId,
      traceparent,
      span,
      timeline: this.isAnswered ? undefined : timeline,
      pickOptions: this.preference.pickOptions,
      avoid: fetch.avoid,
      onSent: (backend) => void (fetch.backend = backend),
      onHead,
    });
  }

  onOutcome(outcome: CacheOutcome): void {
    const { timeline } = this.context;
    if (timeline) timeline.cache = outcome;
    this.lookup?.end({ attributes: { 'slipstream.cache.outcome': outcome } });
    this.ports.caching?.onAnswered?.(outcome, this.rule?.path);
    this.isAnswered = outcome === 'hit' || outcome === 'stale';
  }

  onHead(statusCode: number, headers: string[], isShared: boolean): void {
    this.addFields(statusCode, headers, isShared ? undefined : this.backend);
  }

  onFailed(error: unknown): void {
    this.ports.refuse(this.response, toProxyError(this.backend ?? '', error), this.context.requestId);
  }

  /** The fields for a backend, and the receiver of its answer. */
  private maybePage(headers: RawHeaders, receiver: Receiver): { headers: RawHeaders; receiver: Receiver } {
    const pages = this.ports.caching?.pages;
    if (!pages?.expectsPage(this.request.rawHeaders, this.rule)) return { headers, receiver };
    const plain = filterHeaders(headers, (name) => name !== 'accept-encoding');
    return { headers: [...plain, 'Accept-Encoding', 'identity'], receiver: pages.wrap(receiver, this.target) };
  }

  /** Adds what this client gets and the cache does not store. @param backend see {@link addOwnFields} */
  private addFields(statusCode: number, headers: string[], backend: string | undefined): void {
    const { request, rule, target: path, context } = this;
    const { cdn, offers, preloads } = this.ports.caching ?? {};
    withholdFromEdge(headers, rule, cdn, context.isSigned);
    offers?.addTo(headers, request.rawHeaders);
    if (rule?.scope === 'public') preloads?.answered({ request, path, statusCode, headers }, context.peer);
    addOwnFields(headers, this.preference, context, backend);
  }

  /** Completes the head before the cache evaluates it, so that the stored and the sent answer agree. */
  private completeHead(statusCode: number, headers: string[]): void {
    const cdn = this.ports.caching?.cdn;
    const asset = cdn && assetClassOf(this.rule);
    if (asset) cdn.complete({ statusCode, headers, path: this.target }, asset);
  }

  private headers(): string[] {
    return (this.forwardedHeaders ??= upstreamHeaders(
      this.request.rawHeaders,
      this.context.peer,
      this.context,
      this.ports.names,
    ));
  }
}
