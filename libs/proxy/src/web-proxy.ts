import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Agent } from 'undici';
import type { Lease, LoadBalancer } from '@slipstream/balancer';
import { forwardResponse } from '@slipstream/http';
import { originForm } from './origin-form.js';
import { BackendAnswerError, isConnectFailure, toProxyError } from './proxy-errors.js';
import { joinUpgrade } from './upgrade.js';
import { upstreamHeaders, type ClientConnection } from './upstream-headers.js';

export interface WebProxyOptions {
  balancer: LoadBalancer;
  connectTimeoutMs: number;
  /** From the end of the request to the headers of the answer. */
  headersTimeoutMs: number;
  /** Longest silence within an answer that the client did not ask for as an event stream. */
  idleTimeoutMs: number;
  /** Tells the client of an error; nothing was sent yet. */
  refuse: (response: ServerResponse, error: unknown, requestId: string) => void;
  logger: Logger;
}

export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What the listener knows of a request. */
export interface ProxyContext {
  requestId: string;
  traceparent: string;
  /** Path and query as the client sent them. */
  url: string;
}

export interface WebProxy {
  request(request: IncomingMessage, response: ServerResponse, context: ProxyContext): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, context: ProxyContext): void;
  close(): Promise<void>;
}

/** Shorter than the 5 s after which Node and uvicorn close an idle connection, so that none dies under a request. */
const KEEP_ALIVE_MS = 4000;
/** A request that can be sent again goes to this many backends at most. */
const MAX_TRIES = 3;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createWebProxy(options: WebProxyOptions): WebProxy {
  const { balancer, connectTimeoutMs } = options;
  const agent = new Agent({ connect: { timeout: connectTimeoutMs }, keepAliveTimeout: KEEP_ALIVE_MS, keepAliveMaxTimeout: KEEP_ALIVE_MS, pipelining: 1 });
  return {
    request: (request, response, context) => void answer(options, agent, request, response, context),
    upgrade: (request, socket, head, context) => joinUpgrade(options, request, socket, head, headersOf(request, context)),
    async close() {
      await balancer.close();
      await agent.destroy();
    },
  };
}

async function answer(options: WebProxyOptions, agent: Agent, request: IncomingMessage, response: ServerResponse, context: ProxyContext): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const tried = new Set<string>();
  for (;;) {
    let lease: Lease | undefined;
    try {
      lease = options.balancer.pick((backend) => !tried.has(backend.url));
      await exchange(options, agent, lease, request, response, context, gone.signal);
      return lease.release();
    } catch (error) {
      lease?.release(isConnectFailure(error) ? 'failed' : 'ok');
      if (gone.signal.aborted) return;
      if (lease) tried.add(lease.backend.url);
      if (lease && canTryAgain(request, tried.size)) continue;
      const proxyError = toProxyError(lease?.backend.url ?? '', error);
      options.logger.warn({ ...proxyError.context, code: proxyError.code, requestId: context.requestId }, 'web request failed');
      return options.refuse(response, proxyError, context.requestId);
    }
  }
}

/** One try at one backend. @throws whatever went wrong before the answer began */
async function exchange(
  { headersTimeoutMs, idleTimeoutMs, logger }: WebProxyOptions,
  agent: Agent,
  { backend }: Lease,
  request: IncomingMessage,
  response: ServerResponse,
  context: ProxyContext,
  signal: AbortSignal,
): Promise<void> {
  const { statusCode, headers, body } = await agent.request({
    origin: new URL(backend.url).origin,
    path: originForm(context.url),
    method: request.method as 'GET',
    headers: headersOf(request, context),
    body: hasBody(request) ? request : null,
    headersTimeout: headersTimeoutMs,
    bodyTimeout: request.headers.accept?.includes('text/event-stream') ? 0 : idleTimeoutMs,
    responseHeaders: 'raw',
    signal,
  });
  const upstream = { statusCode, headers: headers as unknown as string[], body };
  const outcome = await forwardResponse(upstream, response).catch((error: unknown) => {
    throw new BackendAnswerError(backend.url, error);
  });
  if (outcome.type === 'truncated') logger.warn({ backend: backend.url, requestId: context.requestId }, 'the backend broke off in mid-answer');
}

const canTryAgain = (request: IncomingMessage, tries: number): boolean =>
  tries < MAX_TRIES && SAFE_METHODS.has(request.method ?? '') && !hasBody(request);

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && headers['content-length'] !== '0');

function headersOf(request: IncomingMessage, { requestId, traceparent }: ProxyContext): string[] {
  const connection: ClientConnection = { remoteAddress: request.socket.remoteAddress, isEncrypted: request.socket instanceof TLSSocket };
  const own = ['x-request-id', requestId, 'traceparent', traceparent];
  const names = new Set(['x-request-id', 'traceparent']);
  const kept = upstreamHeaders(request.rawHeaders, connection);
  return [...kept.filter((_, index) => !names.has(kept[index - (index % 2)]!.toLowerCase())), ...own];
}
