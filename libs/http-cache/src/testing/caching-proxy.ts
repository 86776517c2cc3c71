import type { IncomingMessage, ServerResponse } from 'node:http';
import { endToEndHeaders, hasBody, sendHead } from '@slipstream/http';
import { Http1Pool, type Http1Controller, type Http1Handler } from '@slipstream/http1';
import {
  ResponseCache,
  type CacheClient,
  type CacheRequest,
  type OriginFetch,
  type Passage,
  type ResponseCacheOptions,
} from '../index.js';
import { listen } from './origin.js';

/** Properties that a spec sets on a request, in place of those that the proxy derives. */
export type Described = Partial<Pick<CacheRequest, 'scheme' | 'host' | 'rule' | 'partition'>>;

/** A small proxy with a cache, as an example of {@link ResponseCache}. Its own failures have status 599. */
export class CachingProxy {
  url = '';
  close: () => Promise<void> = async () => {};
  /** Properties of requests; may be replaced at any time. */
  describe: (request: IncomingMessage) => Described = () => ({});
  /** Of each answer: its status, and whether other clients may have got it too. */
  readonly heads: { statusCode: number; isShared: boolean }[] = [];

  private constructor(
    readonly cache: ResponseCache,
    private readonly pool: Http1Pool,
  ) {}

  static async before(origin: { url: string }, options: ResponseCacheOptions = {}): Promise<CachingProxy> {
    const pool = new Http1Pool(origin.url, { connectTimeoutMs: 2_000, idleTimeoutMs: 4_000, tls: {} });
    const proxy = new CachingProxy(new ResponseCache(options), pool);
    const server = await listen((request, response) => proxy.handle(request, response));
    proxy.url = server.url;
    proxy.close = async () => {
      server.close();
      proxy.cache.close();
      await pool.destroy();
    };
    return proxy;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: target = '/', rawHeaders } = request;
    const forwardedHeaders = (): string[] => [...endToEndHeaders(rawHeaders), 'Via', '1.1 proxy'];
    const host = request.headers.host ?? '';
    const asked: CacheRequest = {
      method,
      scheme: 'http',
      host,
      target,
      headers: rawHeaders,
      forwardedHeaders,
      hasContent: hasBody(request),
      ...this.describe(request),
    };
    this.cache.handle(asked, this.client(request, response, forwardedHeaders));
  }

  private client(request: IncomingMessage, response: ServerResponse, forwardedHeaders: () => string[]): CacheClient {
    const path = request.url ?? '/';
    const onFailed = (error: unknown): void => void response.writeHead(599).end(String(error));
    return {
      response,
      onFailed,
      onHead: (statusCode, headers, isShared) => {
        this.heads.push({ statusCode, isShared });
        headers.push('X-Request-Id', String(this.heads.length));
      },
      fetch: (fetch) => this.dispatch('GET', path, fetch.headers, null, feeding(fetch)),
      pass: (passage) =>
        this.dispatch(
          request.method ?? '',
          path,
          forwardedHeaders(),
          hasBody(request) ? request : null,
          passing(passage, response, onFailed),
        ),
    };
  }

  private dispatch(
    method: string,
    path: string,
    headers: readonly string[],
    body: IncomingMessage | null,
    handler: Http1Handler,
  ): void {
    this.pool.dispatch({ method, path, headers, body, upgrade: null, headersTimeoutMs: 10_000 }, handler);
  }
}

/** Passes the origin's answer to the cache. */
function feeding(fetch: OriginFetch): Http1Handler {
  let controller: Http1Controller | undefined;
  return {
    onStart(started) {
      controller = started;
      fetch.onGone = () => started.abort(new Error('nobody wants it'));
      fetch.onWritable = () => started.resume();
    },
    onInformation: (statusCode, headers) => fetch.inform(statusCode, endToEndHeaders(headers)),
    onHeaders: (statusCode, headers) => fetch.begin(statusCode, endToEndHeaders(headers), false),
    onData: (chunk) => void (fetch.write(chunk) || controller?.pause()),
    onEnd: () => fetch.end(),
    onError: (error) => fetch.refuse(error),
    onUpgrade: (_, __, socket) => socket.destroy(),
  };
}

/** Forwards an answer past the cache. */
function passing(passage: Passage, response: ServerResponse, onFailed: (error: unknown) => void): Http1Handler {
  return {
    onHeaders(statusCode, rawHeaders) {
      const headers = endToEndHeaders(rawHeaders);
      passage.onHead(statusCode, headers);
      sendHead(response, statusCode, headers);
    },
    onData: (chunk) => void response.write(chunk),
    onEnd: () => void response.end(),
    onError: (error) => (response.headersSent ? response.destroy() : onFailed(error)),
    onUpgrade: (_, __, socket) => socket.destroy(),
  };
}
