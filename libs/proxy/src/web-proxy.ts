import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { LoadBalancer } from '@slipstream/balancer';
import { endToEndHeaders, type RawHeaders } from '@slipstream/http';
import { BackendConnections } from './backend-connections.js';
import { Forwarding, type ForwardingPorts } from './forwarding.js';
import { JoinedSockets } from './joined-sockets.js';
import type { Logger } from './logger.port.js';
import { UnforwardableRequestError } from './proxy-errors.js';
import { rawAnswer } from './raw-answer.js';
import { hasBody } from './upload.js';
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
}

export interface WebProxy {
  request(request: IncomingMessage, response: ServerResponse, context: ProxyContext): void;
  /** Takes a WebSocket handshake; other protocols are to be ignored, and the request answered (RFC 9110 section 7.8). */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, context: ProxyContext): void;
  /** Ends everything, requests and WebSockets under way too: let them finish before. */
  close(): Promise<void>;
}

/** The way of a request to the web pool and of its answer back. */
export function createWebProxy(options: WebProxyOptions): WebProxy {
  const { balancer, connectTimeoutMs, refuse } = options;
  const connections = new BackendConnections(connectTimeoutMs);
  const joined = new JoinedSockets();
  const ports: ForwardingPorts = { ...options, connections };
  return {
    request(request, response, context) {
      new Forwarding(ports, { ...context, request, response, headers: headersOf(request, context) }).begin();
    },
    upgrade(request, socket, head, context) {
      const { response, release } = rawAnswer(request, socket);
      if (hasBody(request)) return refuse(response, new UnforwardableRequestError('a WebSocket handshake has no body'), context.requestId);
      const join = (rawHeaders: RawHeaders, backend: Duplex): void => {
        response.writeHead(101, [...endToEndHeaders(rawHeaders), 'Connection', 'Upgrade', 'Upgrade', 'websocket']).flushHeaders();
        release();
        joined.join(socket, backend, head);
      };
      new Forwarding(ports, { ...context, request, response, headers: headersOf(request, context), join }).begin();
    },
    async close() {
      joined.close();
      await Promise.all([balancer.close(), connections.close()]);
    },
  };
}

const headersOf = (request: IncomingMessage, context: ProxyContext): string[] =>
  upstreamHeaders(request.rawHeaders, { remoteAddress: request.socket.remoteAddress, isEncrypted: request.socket instanceof TLSSocket }, context);
