import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '@slipstream/contracts';
import type { LoadBalancer, RetryBudgetOptions } from '@slipstream/balancer';
import {
  addressGroup,
  hasBody,
  hasPassed,
  viaPseudonym,
  type RawHeaders,
  type RequestBodyBudget,
} from '@slipstream/http';
import {
  ClientReceiver,
  ResponseBuffers,
  Upstream,
  type BackendTlsOptions,
  type ResponseBufferLimits,
  type UpstreamLimits,
  type UpstreamHost,
} from '@slipstream/upstream';
import { closeCaching, type Caching } from './caching.js';
import { handshakeKey } from './handshake-key.js';
import { hashKeyOf, type HashOn } from './hash-key.js';
import { JoinedSockets } from './joined-sockets.js';
import { addOwnFields, type Preference } from './own-fields.js';
import type { ProxyContext } from './proxy-context.js';
import { RequestLoopError, toProxyError, UnforwardableRequestError } from './proxy-errors.js';
import { rawAnswer } from './raw-answer.js';
import { Stickiness, type StickinessOptions } from './stickiness.js';
import { upstreamHeaders } from './upstream-headers.js';
import { WebRequest, type WebRequestPorts } from './web-request.js';

export interface WebProxyOptions {
  /** Closed together with the proxy. */
  balancer: LoadBalancer;
  /** Longest wait for a connection to be made. */
  connectTimeoutMs: number;
  /** From the end of the request to the headers of the answer. */
  headersTimeoutMs: number;
  /** Longest pause within an answer. Event streams and WebSockets have no such limit. */
  idleTimeoutMs: number;
  /** Longest time in which a backend may accept none of its waiting bytes. Default: no limit. */
  writeIdleTimeoutMs?: number;
  /** Host for backends. Default `preserve`. */
  host?: UpstreamHost;
  /** Trust in https backends. Default: Node's. */
  tls?: BackendTlsOptions;
  /** Number of attempts per request, and size of the content that is kept for them. */
  retries?: RetryBudgetOptions & {
    /** Default 3, minimum 1. */
    maxTries?: number;
    /** Content up to this size is kept until its answer begins. Default 65536. */
    replayMaxBytes?: number;
  };
  /** Limits of buffers for slow clients. */
  responseBuffer?: ResponseBufferLimits;
  /** Absent: clients do not stick to backends. */
  stickiness?: StickinessOptions;
  /** Input of `consistent_hash`. Absent: it has nothing to hash. */
  hashOn?: HashOn;
  /** Absent: the backends answer all requests. Closed together with the proxy. */
  caching?: Caching;
  /** Memory for content that is kept for retries. Without room, content is passed on unkept. Default: unlimited. */
  bodies?: RequestBodyBudget;
  /**
   * Name of this proxy in Via. A request that contains it already is refused as a loop. Processes with the same
   * backends share one. Default: a random one.
   */
  pseudonym?: string;
  /** Answers the client with an error, before anything else was sent. */
  refuse: (response: ServerResponse, error: unknown, requestId: string) => void;
  /** Called for each unexpected error that ended one answer. */
  onUncaughtError?: () => void;
  logger: Logger<'info' | 'warn'>;
}

/** Options that can be replaced. */
export type WebProxyLimits = Pick<WebProxyOptions, 'headersTimeoutMs' | 'idleTimeoutMs' | 'retries' | 'stickiness'>;

export interface WebProxy {
  request(request: IncomingMessage, response: ServerResponse, context: ProxyContext): void;
  /**
   * Handles a WebSocket handshake. Requests for other protocols must be answered without the switch (RFC 9110 section
   * 7.8).
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, context: ProxyContext): void;
  /** Replaces limits and stickiness for future requests. */
  use(options: WebProxyLimits): void;
  /** Replaces the backends of the pool, and releases the resources for others. */
  setBackends(urls: readonly string[]): void;
  /** Ends the WebSockets over five seconds, because they would not end by themselves. */
  drain(): void;
  /** Ends everything, including running requests and WebSockets. Call it after they have finished. */
  close(): Promise<void>;
}

const NO_KEY = 'a WebSocket handshake needs one Sec-WebSocket-Key, 16 bytes in base64';

/** Connects clients with the web pool. */
export function createWebProxy(options: WebProxyOptions): WebProxy {
  const { refuse, hashOn, caching, bodies, pseudonym = viaPseudonym() } = options;
  const upstream = createUpstream(options);
  const joined = new JoinedSockets();
  let urls: readonly string[] = [];
  let stickiness = options.stickiness && new Stickiness(options.stickiness);
  const buffers = new ResponseBuffers(options.responseBuffer);
  const names = { pseudonym, ownCookie: options.stickiness?.cookieName };
  const replayMaxBytes = replayMaxBytesOf(options);
  const ports: WebRequestPorts = { upstream, replayMaxBytes, bodies, buffers, refuse, names, caching };

  const preferenceOf = (request: IncomingMessage, { url, clientAddress }: ProxyContext): Preference => {
    const sticky = stickiness?.appliesTo(url) ? stickiness : undefined;
    const key = hashOn && hashKeyOf(request, hashOn, clientAddress);
    return {
      pickOptions: { stickTo: sticky?.backendOf(request), key, client: addressGroup(clientAddress) },
      request,
      stickiness: sticky,
    };
  };

  return {
    request(request, response, context) {
      if (hasPassed(request.headers.via, pseudonym)) return refuse(response, new RequestLoopError(), context.requestId);
      new WebRequest(ports, request, response, context, preferenceOf(request, context)).serve();
    },
    upgrade(request, socket, head, context) {
      const { requestId } = context;
      const { response, release } = rawAnswer(request, socket, head, context.onHandshakeAnswered);
      const receiver = new ClientReceiver(response, ports.buffers, (error) => refuse(response, error, requestId));
      if (hasPassed(request.headers.via, pseudonym)) return receiver.refuse(new RequestLoopError());
      if (hasBody(request)) return receiver.refuse(new UnforwardableRequestError('a WebSocket handshake has no body'));
      const headers = upstreamHeaders(request.rawHeaders, context.peer, context, names);
      const webSocketKey = handshakeKey(headers);
      if (webSocketKey === undefined) {
        return receiver.refuse(new UnforwardableRequestError(NO_KEY));
      }
      const join = (headers: RawHeaders, backend: Duplex, backendUrl: string): void => {
        response.writeHead(101, [...headers, 'Connection', 'Upgrade', 'Upgrade', 'websocket']).flushHeaders();
        joined.join(socket, backend, backendUrl, release());
      };
      const preference = preferenceOf(request, context);
      upstream.forward({
        method: 'GET',
        url: context.url,
        requestId,
        traceparent: context.traceparent,
        timeline: context.timeline,
        span: context.span,
        headers,
        body: null,
        pickOptions: { ...preference.pickOptions, isSession: true },
        receiver,
        onHead: (backend, _, headers) => addOwnFields(headers, preference, context, backend),
        webSocketKey,
        join,
      });
    },
    use(limits) {
      upstream.setLimits(upstreamLimits(limits));
      ports.replayMaxBytes = replayMaxBytesOf(limits);
      names.ownCookie = limits.stickiness?.cookieName;
      stickiness = limits.stickiness && new Stickiness(limits.stickiness, stickiness);
      stickiness?.setBackends(urls);
    },
    setBackends(backends) {
      urls = backends;
      const present = new Set(urls);
      stickiness?.setBackends(urls);
      upstream.setBackends(present);
      joined.retain(present);
    },
    drain: () => joined.drain(),
    async close() {
      joined.close();
      if (caching) closeCaching(caching);
      await upstream.close();
    },
  };
}

const replayMaxBytesOf = ({ retries: { replayMaxBytes = 64 * 1024 } = {} }: WebProxyLimits): number => replayMaxBytes;

const upstreamLimits = ({ headersTimeoutMs, idleTimeoutMs, retries = {} }: WebProxyLimits): UpstreamLimits => {
  const { maxTries, ratio, minPerSecond } = retries;
  return { headersTimeoutMs, idleTimeoutMs, retries: { maxTries, ratio, minPerSecond } };
};

const createUpstream = (options: WebProxyOptions): Upstream => {
  const { balancer, connectTimeoutMs, writeIdleTimeoutMs, host, tls, onUncaughtError, logger } = options;
  return new Upstream({
    ...upstreamLimits(options),
    balancer,
    connectTimeoutMs,
    writeIdleTimeoutMs,
    host,
    tls,
    toError: toProxyError,
    onUncaughtError,
    logger,
  });
};
