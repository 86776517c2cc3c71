import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { NewSpan, Span, Tracer } from '@slipstream/contracts';
import { isHttp2, type Peer, type RequestContext } from '@slipstream/http';
import { beginTrace, shownUrl, tracestateBeside, type Trace } from '@slipstream/telemetry';
import { CLIENT_LEFT } from './client-left.js';
import { recordedUrl } from './recorded-url.js';

/** Methods that may be part of a span's name. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY']);

/**
 * Begins the trace of a request, or continues the one that a trusted peer has begun. Other peers choose only the id of
 * the trace.
 */
export function beginRequestTrace(
  tracer: Tracer,
  { headers, method = '' }: IncomingMessage,
  { isTrusted }: Pick<Peer, 'isTrusted'>,
): Trace {
  return beginTrace(tracer, spanOf(method), { traceparent: traceparentOf(headers), isTrusted });
}

/** Fields that came more than once are joined by commas, which no valid value contains. */
export const traceparentOf = ({ traceparent }: IncomingHttpHeaders): string | undefined =>
  traceparent as string | undefined;

/** Returns the `tracestate` of a trusted peer. */
export const tracestateOf = (
  headers: IncomingHttpHeaders,
  { isTrusted }: Pick<Peer, 'isTrusted'>,
): string | undefined =>
  isTrusted ? tracestateBeside(traceparentOf(headers), headers.tracestate as string | undefined) : undefined;

const spanOf = (method: string): NewSpan => ({ name: nameOf(method), kind: 'server' });

const nameOf = (method: string): string => (METHODS.has(method) ? method : 'HTTP');

/** Facts about an answered request. */
interface Answered {
  route: string;
  status: number;
  /** On the clock of `performance.now()`. */
  atMs: number;
}

/** Ends the span of a request. Its path is shown as in the access log: without query and secrets. */
export function endRequestSpan(
  span: Span,
  request: IncomingMessage,
  { requestId, url, clientAddress, peer, timeline }: RequestContext,
  { route, status, atMs }: Answered,
): void {
  const { method = '', httpVersion, headers } = request;
  const isAnswered = status !== CLIENT_LEFT;
  span.end({
    name: `${nameOf(method)} ${route}`,
    atMs,
    error: isAnswered ? (status >= 500 ? String(status) : undefined) : 'client_left',
    attributes: {
      'http.request.method': METHODS.has(method) ? method : '_OTHER',
      'http.route': route,
      'http.response.status_code': isAnswered ? status : undefined,
      'url.path': shownUrl(recordedUrl(url), false),
      'url.scheme': peer.isEncrypted ? 'https' : 'http',
      'client.address': clientAddress,
      'network.protocol.version': isHttp2(request) ? '2' : httpVersion,
      'user_agent.original': headers['user-agent'],
      'slipstream.request.id': requestId,
      'slipstream.cache.outcome': timeline?.cache,
    },
  });
}
