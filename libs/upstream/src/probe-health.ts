import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { UnhealthyError, type Backend, type Probe } from '@slipstream/balancer';
import { messageOf } from '@slipstream/contracts';
import { Http1Pool, readAnswer, type Http1Request } from '@slipstream/http1';
import { backendTls, type BackendTls, type BackendTlsOptions } from './backend-tls.js';
import { hostFor, type UpstreamHost } from './upstream-host.js';
import { openWebSocket } from './open-web-socket.js';
import { WebSocketNeighbours, type WebSocketCheck } from './web-socket-neighbours.js';

/** Expected answer of a healthy backend. */
export interface HealthProbeOptions {
  /** Path of the GET request. */
  path: string;
  minStatus: number;
  maxStatus: number;
  /** A text that the answer must contain, within its first 64 KiB. */
  expectedBody?: string;
  /** Path at which a WebSocket handshake must succeed and deliver a first message, if it does at other backends. */
  webSocketPath?: string;
  /**
   * Name of this proxy in Via, by which the gateway notices that a backend is the gateway itself. Absent: no Via is
   * sent.
   */
  pseudonym?: string;
  /** Longest time for the whole check. A silent WebSocket is decided earlier. Default 5000. */
  timeoutMs?: number;
  /** Fields of the requests, including Host. */
  headers?: Readonly<Record<string, string>>;
  /**
   * Host, as in proxied requests. Default `preserve`: without a client, this is the name by which the backend was
   * found, or that of its URL.
   */
  host?: UpstreamHost;
  tls?: BackendTlsOptions;
}

const MAX_BODY_BYTES = 64 * 1024;
const USER_AGENT = 'slipstream-health';
const DEFAULT_TIMEOUT_MS = 5_000;
/**
 * Parts of the time that is left for the WebSocket: after the first, other backends are checked for comparison. After
 * the second, the check ends.
 */
const COMPARE_RATIO = 0.4;
const DECIDE_RATIO = 0.9;

/** Shared options of all checks. */
interface Probing extends HealthProbeOptions {
  tlsOf: (backend: Backend) => BackendTls;
}

/**
 * Checks the backends of one pool with the HTTP client of the requests, so both accept the same answers. Each check
 * opens a connection, so a backend that accepts no new ones is noticed. A WebSocket that does not open, or stays
 * silent, counts only if other backends succeed (see {@link WebSocketNeighbours}).
 */
export function probeHealth(options: HealthProbeOptions): Probe {
  const probing: Probing = { ...options, tlsOf: backendTls(options.tls) };
  const { webSocketPath } = options;
  const checkWebSocket: WebSocketCheck = (backend, signal) =>
    withPool(backend, probing, (pool) => listen(pool, headersFor(backend, probing), webSocketPath ?? '', signal));
  const neighbours = new WebSocketNeighbours(checkWebSocket);
  return async (backend, signal) => {
    const deadlineMs = performance.now() + (options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    await withPool(backend, probing, (pool) => checkPage(pool, backend, probing, signal));
    if (webSocketPath === undefined) return;
    const why = await webSocketFailure(backend, {
      checkWebSocket,
      neighbours,
      leftMs: Math.max(1, deadlineMs - performance.now()),
      signal,
    });
    if (why !== undefined) throw new UnhealthyError(why);
  };
}

/** @returns the reason why the WebSocket fails; undefined if it does not, or fails at all other backends too */
async function webSocketFailure(
  backend: Backend,
  by: { checkWebSocket: WebSocketCheck; neighbours: WebSocketNeighbours; leftMs: number; signal: AbortSignal },
): Promise<string | undefined> {
  const { checkWebSocket, neighbours, leftMs } = by;
  const signal = AbortSignal.any([by.signal, AbortSignal.timeout(Math.ceil(leftMs * DECIDE_RATIO))]);
  let compared: Promise<boolean> | undefined;
  const compare = (): Promise<boolean> => (compared ??= neighbours.doesAnyAnswer(backend, signal));
  const timer = setTimeout(() => void compare(), leftMs * COMPARE_RATIO);
  const why = await checkWebSocket(backend, signal);
  clearTimeout(timer);
  neighbours.note(backend, why === undefined);
  return why !== undefined && (await compare()) ? why : undefined;
}

async function withPool<T>(backend: Backend, { tlsOf }: Probing, use: (pool: Http1Pool) => Promise<T>): Promise<T> {
  const pool = new Http1Pool(backend.url, { connectTimeoutMs: Infinity, tls: tlsOf(backend) });
  try {
    return await use(pool);
  } finally {
    void pool.destroy();
  }
}

/** The Host of a backend that was found by name is that name, unless the configuration sets another. */
function headersFor(backend: Backend, { headers = {}, host = 'preserve', pseudonym }: Probing): string[] {
  const named = hostFor(backend, host) ?? backend.serverName;
  const fields = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const via: Record<string, string> = pseudonym === undefined ? {} : { via: `1.1 ${pseudonym}` };
  return Object.entries({
    'user-agent': USER_AGENT,
    ...(named !== undefined && { host: named }),
    ...Object.fromEntries(fields),
    ...via,
  }).flat();
}

/** The check's own deadline, `signal`, limits every wait. */
const get = (path: string, headers: readonly string[], upgrade: Http1Request['upgrade'] = null): Http1Request => ({
  method: 'GET',
  path,
  headers,
  body: null,
  upgrade,
  headersTimeoutMs: 0,
});

async function checkPage(pool: Http1Pool, backend: Backend, probing: Probing, signal: AbortSignal): Promise<void> {
  const { path, minStatus, maxStatus, expectedBody } = probing;
  const request = get(path, headersFor(backend, probing));
  const { statusCode, body } = await readAnswer(pool, request, { signal, maxBytes: MAX_BODY_BYTES });
  if (statusCode < minStatus || statusCode > maxStatus)
    throw new UnhealthyError(`${path} answers ${statusCode}${pathHint(statusCode)}`);
  if (expectedBody !== undefined && !body.toString().includes(expectedBody))
    throw new UnhealthyError(`${path} answers without the expected text`);
}

/** If the backend redirects, has no such page, or requires a key for it, the path is probably wrong. */
const pathHint = (statusCode: number): string =>
  statusCode >= 300 && statusCode < 500
    ? '; if the application has its health check at another path, set web.health.path'
    : '';

/** @returns the reason why the WebSocket fails; undefined if it delivers a first message */
async function listen(
  pool: Http1Pool,
  fields: readonly string[],
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const key = randomBytes(16).toString('base64');
  const request = get(path, [...fields, 'sec-websocket-version', '13', 'sec-websocket-key', key], 'websocket');
  let socket: Duplex | undefined;
  try {
    socket = await openWebSocket(pool, request, key, signal);
    const received = once(socket, 'data', { signal });
    socket.resume();
    const [message] = (await received) as [Buffer];
    return isData(message) ? undefined : `the WebSocket at ${path} closes without a message`;
  } catch (error) {
    return `the WebSocket at ${path} sends no message: ${messageOf(error)}`;
  } finally {
    socket?.destroy(); // after a change of protocol, the pool does not own the socket
  }
}

/** Whether a frame carries text or binary data (RFC 6455 section 5.2). */
const isData = (frame: Buffer): boolean => [1, 2].includes((frame[0] ?? 0) & 0x0f);
