import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '@slipstream/contracts';
import type { LoadBalancer, RetryBudgetOptions } from '@slipstream/balancer';
import { addressGroup, hasBody, hasPassed, viaPseudonym, type RawHeaders } from '@slipstream/http';
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
  /** Ends with the proxy. */
  balancer: LoadBalancer;
  /** Longest wait for a connection to be made. */
  connectTimeoutMs: number;
  /** From the end of the request to the headers of the answer. */
  headersTimeoutMs: number;
  /** Longest silence within an answer; event streams and WebSockets may be silent for ever. */
  idleTimeoutMs: number;
  /** What Host says to backends. Default `preserve`. */
  host?: UpstreamHost;
  /** How https backends are trusted. Default: as Node trusts. */
  tls?: BackendTlsOptions;
  /** How often a request may go out, and where its content may be kept for that. */
  retries?: RetryBudgetOptions & {
    /** Default 3, minimum 1. */
    maxTries?: number;
    /** Content up to this size is kept until its answer begins. Default 65536. */
    replayMaxBytes?: number;
  };
  /** How much of answers waits here for slow clients. */
  responseBuffer?: ResponseBufferLimits;
  /** Absent: nobody sticks to a backend. */
  stickiness?: StickinessOptions;
  /** What the balancer's `consistent_hash` hashes. Absent: it has nothing to hash. */
  hashOn?: HashOn;
  /** Absent: the backends answer everything. Ends with the proxy. */
  caching?: Caching;
  /**
   * Name of this proxy in Via. A request that brings it back has come in a circle, and is refused. Processes with the
   * same backends share one. Default: a random one.
   */
  pseudonym?: string;
  /** Tells the client of an error; nothing was sent yet. */
  refuse: (response: ServerResponse, error: unknown, requestId: string) => void;
  logger: Logger<'info' | 'warn'>;
}

/** Options that can be replaced. */
export type WebProxyLimits = Pick<WebProxyOptions, 'headersTimeoutMs' | 'idleTimeoutMs' | 'retries' | 'stickiness'>;

export interface WebProxy {
  request(request: IncomingMessage, response: ServerResponse, context: ProxyContext): void;
  /**
   * Takes a WebSocket handshake; other protocols are to be ignored, and the request answered (RFC 9110 section 7.8).
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, context: ProxyContext): void;
  /** Replaces limits and stickiness for the requests that begin from now on. */
  use(options: WebProxyLimits): void;
  /** The pool has these backends now: lets go of what it holds of others. */
  setBackends(urls: readonly string[]): void;
  /** Ends the WebSockets, which would never end by themselves, over five seconds. */
  drain(): void;
  /** Ends everything, requests and WebSockets under way too: let them finish before. */
  close(): Promise<void>;
}

const NO_KEY = 'a WebSocket handshake needs one Sec-WebSocket-Key, 16 bytes in base64';

/** The way of a request to the web pool and of its answer back. */
export function createWebProxy(options: WebProxyOptions): WebProxy {
  const { refuse, hashOn, caching, pseudonym = viaPseudonym() } = options;
  const upstream = createUpstream(options);
  const joined = new JoinedSockets();
  let urls: readonly string[] = [];
  let stickiness = options.stickiness && new Stickiness(options.stickiness);
  const buffers = new ResponseBuffers(options.responseBuffer);
  const names = { pseudonym, ownCookie: options.stickiness?.cookieName };
  const replayMaxBytes = replayMaxBytesOf(options);
  const ports: WebRequestPorts = { upstream, replayMaxBytes, buffers, refuse, names, caching };

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
      const { response, release } = rawAnswer(request, socket, context.onHandshakeAnswered);
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
        release();
        joined.join(socket, backend, backendUrl, head);
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
  const { balancer, connectTimeoutMs, host, tls, logger } = options;
  return new Upstream({
    ...upstreamLimits(options),
    balancer,
    connectTimeoutMs,
    host,
    tls,
    toError: toProxyError,
    logger,
  });
};
