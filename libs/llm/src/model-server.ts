import { createSecureContext } from 'node:tls';
import { nameResolver, viaPseudonym, type RawHeaders } from '@slipstream/http';
import { Pool, type Dispatcher } from 'undici';

/** uvicorn and Node close idle connections after 5 s: ours are gone before, so that no request meets a closing one. */
const KEEP_ALIVE_MS = 4_000;

/** How https servers are trusted. */
export interface ModelTlsOptions {
  /** PEM of the authorities that are trusted in place of Node's. */
  ca?: string;
  /** Name that their certificates are made for. Default: the name in the URL. */
  serverName?: string;
}

/** A model server as configured. */
export interface ModelBackendOptions {
  /** OpenAI base URL, usually ending in `/v1`; a trailing slash makes no difference. */
  url: string;
  /** Share of the load beside the others' weights. Greater than 0. Default 1. */
  weight?: number;
  /** Sent as a bearer token. Default: none. */
  apiKey?: string;
}

/** A request to whichever server takes it. */
export interface ModelRequest {
  method: 'GET' | 'POST';
  /** Below the base URL, such as `/chat/completions`; may have a query. */
  path: string;
  /** End-to-end fields, without credentials. */
  headers: RawHeaders;
  body?: readonly Buffer[];
  signal: AbortSignal;
  /** From the request's sending to the headers of its answer; 0 for no limit. */
  headersTimeoutMs: number;
  /** Longest silence within the answer's body; 0 for no limit. */
  bodyTimeoutMs: number;
}

/** An answer whose body is still to come. It must be read to its end or destroyed. */
export interface ModelAnswer {
  /** Base URL of the server that answered. */
  backend: string;
  statusCode: number;
  headers: string[];
  body: Dispatcher.ResponseData['body'];
}

/** The URL by which a server is known here. */
export const normalizeBaseUrl = (url: string): string => url.replace(/(?<!\/)\/+$/, '');

/** One OpenAI-compatible server and the connections to it. */
export class ModelServer {
  readonly url: string;
  private readonly basePath: string;
  private readonly connections: Pool;
  private readonly ownFields: RawHeaders;

  /** @param pseudonym of this gateway in Via; default: a random one */
  constructor(
    { url, apiKey }: ModelBackendOptions,
    connectTimeoutMs: number,
    { pseudonym = viaPseudonym(), tls = {} }: { pseudonym?: string; tls?: ModelTlsOptions } = {},
  ) {
    const { origin, pathname } = new URL(url);
    this.url = normalizeBaseUrl(url);
    this.basePath = normalizeBaseUrl(pathname);
    this.ownFields = [
      'via',
      `1.1 ${pseudonym}`,
      ...(apiKey === undefined ? [] : ['authorization', `Bearer ${apiKey}`]),
    ];
    const { ca, serverName: servername } = tls;
    const trust = {
      ...(servername !== undefined && { servername }),
      ...(ca !== undefined && { secureContext: createSecureContext({ ca }) }),
    };
    const connect = { timeout: connectTimeoutMs, lookup: nameResolver.lookup, ...trust };
    this.connections = new Pool(origin, {
      connect,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  /** @throws whatever undici does; see `toCallError` */
  async request({
    method,
    path,
    headers,
    body,
    signal,
    headersTimeoutMs,
    bodyTimeoutMs,
  }: ModelRequest): Promise<ModelAnswer> {
    const answer = await this.connections.request({
      method,
      path: this.basePath + path,
      headers: [...headers, ...lengthOf(body), ...this.ownFields],
      // undici writes a single Buffer together with the headers.
      body: body?.length === 1 ? body[0] : (body as Dispatcher.DispatchOptions['body']),
      signal,
      headersTimeout: headersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
      responseHeaders: 'raw',
    });
    answer.body.on('error', () => {}); // an answer that is given up errors with nobody listening
    // With `raw`, undici's headers are a flat list, which its types don't say.
    return {
      backend: this.url,
      statusCode: answer.statusCode,
      headers: answer.headers as unknown as string[],
      body: answer.body,
    };
  }

  /** Ends all connections, those in use too. */
  async close(): Promise<void> {
    await this.connections.destroy();
  }
}

/** undici knows the length of one Buffer only, and would send several chunked. */
const lengthOf = (body: readonly Buffer[] = []): RawHeaders =>
  body.length > 1 ? ['content-length', String(body.reduce((sum, { length }) => sum + length, 0))] : [];
