import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { RetryBudget, type LoadBalancer, type PickOptions, type RetryBudgetOptions } from '@slipstream/balancer';
import { hasBody, type Peer, type RawHeaders } from '@slipstream/http';
import { BackendConnections } from './backend-connections.js';
import { Forwarding, type ForwardingPorts } from './forwarding.js';
import { hashKeyOf, type HashOn } from './hash-key.js';
import { JoinedSockets } from './joined-sockets.js';
import type { Logger } from './logger.port.js';
import { UnforwardableRequestError } from './proxy-errors.js';
import { rawAnswer } from './raw-answer.js';
import { readyBody } from './replayable-body.js';
import { Stickiness, type StickinessOptions } from './stickiness.js';
import { upstreamHeaders } from './upstream-headers.js';

export interface WebProxyOptions {
  /** Ends with the proxy. */
  balancer: LoadBalancer;
  /** Longest wait for a connection to be made. */
  connectTimeoutMs: number;
  /** From the end of the request to the headers of the answer. */
  headersTimeoutMs: number;
  /** Longest silence within an answer; event streams and WebSockets may be silent for ever. */
  idleTimeoutMs: number;
  /** How often a request may go out, and where its content may be kept for that. */
  retries?: RetryBudgetOptions & {
    /** Default 3, minimum 1. */
    maxTries?: number;
    /** Content up to this size is kept until its answer begins. Default 65536. */
    replayMaxBytes?: number;
  };
  /** Absent: nobody sticks to a backend. */
  stickiness?: StickinessOptions;
  /** What the balancer's `consistent_hash` hashes. Absent: it has nothing to hash. */
  hashOn?: HashOn;
  /** Tells the client of an error; nothing was sent yet. */
  refuse: (response: ServerResponse, error: unknown, requestId: string) => void;
  logger: Logger;
}

/** What the listener knows of a request. */
export interface ProxyContext {
  requestId: string;
  /** W3C trace context. */
  traceparent: string;
  /** Path and query as the client sent them. */
  url: string;
  peer: Peer;
  /** Where the request was first sent from, as far as that is known. */
  clientAddress: string;
  /** Told once the status that a handshake is answered with; 499 when the client left before. */
  onHandshakeAnswered?: (status: number) => void;
}

export interface WebProxy {
  request(request: IncomingMessage, response: ServerResponse, context: ProxyContext): void;
  /** Takes a WebSocket handshake; other protocols are to be ignored, and the request answered (RFC 9110 section 7.8). */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, context: ProxyContext): void;
  /** The pool has these backends now: lets go of what it holds of others. */
  setBackends(urls: readonly string[]): void;
  /** Ends the WebSockets, which would never end by themselves, over five seconds. */
  drain(): void;
  /** Ends everything, requests and WebSockets under way too: let them finish before. */
  close(): Promise<void>;
}

/** The way of a request to the web pool and of its answer back. */
export function createWebProxy(options: WebProxyOptions): WebProxy {
  const { balancer, connectTimeoutMs, refuse, retries = {}, stickiness: stickinessOptions, hashOn } = options;
  const { maxTries = 3, replayMaxBytes = 64 * 1024, ratio, minPerSecond } = retries;
  const connections = new BackendConnections(connectTimeoutMs);
  const joined = new JoinedSockets();
  const stickiness = stickinessOptions && new Stickiness(stickinessOptions);
  const retryBudget = new RetryBudget({ ratio, minPerSecond }, () => performance.now());
  const ports: ForwardingPorts = { ...options, connections, retryBudget, maxTries };

  const wishesOf = (request: IncomingMessage, clientAddress: string, sticky: Stickiness | undefined): PickOptions => ({
    stickTo: sticky?.backendOf(request),
    key: hashOn && hashKeyOf(request, hashOn, clientAddress),
  });
  const common = (request: IncomingMessage, context: ProxyContext) => {
    const sticky = stickiness?.appliesTo(context.url) ? stickiness : undefined;
    const wishes = wishesOf(request, context.clientAddress, sticky);
    const onHead = (backend: string, headers: string[]): void => {
      headers.push('X-Request-Id', context.requestId);
      const cookie = backend === wishes.stickTo ? undefined : sticky?.cookieFor(backend, headers, context.peer.isEncrypted);
      if (cookie !== undefined) headers.push('Set-Cookie', cookie);
    };
    return { ...context, request, wishes, onHead, headers: upstreamHeaders(request.rawHeaders, context.peer, context) };
  };

  return {
    request(request, response, context) {
      readyBody(request, replayMaxBytes, (body) => new Forwarding(ports, { ...common(request, context), response, body }).begin());
    },
    upgrade(request, socket, head, context) {
      const { response, release } = rawAnswer(request, socket, context.onHandshakeAnswered);
      if (hasBody(request)) return refuse(response, new UnforwardableRequestError('a WebSocket handshake has no body'), context.requestId);
      const join = (headers: RawHeaders, backend: Duplex, url: string): void => {
        response.writeHead(101, [...headers, 'Connection', 'Upgrade', 'Upgrade', 'websocket']).flushHeaders();
        release();
        joined.join(socket, backend, url, head);
      };
      const asked = common(request, context);
      new Forwarding(ports, { ...asked, wishes: { ...asked.wishes, isSession: true }, response, body: null, join }).begin();
    },
    setBackends(urls) {
      const present = new Set(urls);
      stickiness?.setBackends(urls);
      connections.retain(present);
      joined.retain(present);
    },
    drain: () => joined.drain(),
    async close() {
      joined.close();
      await Promise.all([balancer.close(), connections.close()]);
    },
  };
}
