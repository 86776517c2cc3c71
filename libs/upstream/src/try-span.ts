import type { LeaseOutcome } from '@slipstream/balancer';
import type { Span, SpanEnd } from '@slipstream/contracts';
import type { RawHeaders } from '@slipstream/http';
import type { Outcome } from './exchange.js';
import type { ForwardedRequest } from './forwarded-request.js';

/** Begins the span of one try at a backend. @param tries this one included */
export function beginTrySpan(
  { span, call, method }: Pick<ForwardedRequest, 'span' | 'call' | 'method'>,
  backend: string,
  tries: number,
): Span | undefined {
  if (!span) return undefined;
  const { hostname, port, protocol } = new URL(backend);
  return span.child({
    name: call?.name ?? method,
    kind: 'client',
    attributes: {
      ...call?.attributes,
      'http.request.method': method,
      'server.address': hostname,
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
      'http.request.resend_count': tries > 1 ? tries - 1 : undefined,
    },
  });
}

/** Returns the fields with the `traceparent` of a try, so that the backend's spans are children of that try. */
export function withTraceparent(headers: RawHeaders, { traceparent }: Span): RawHeaders {
  const index = headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'traceparent');
  return index < 0 ? [...headers, 'traceparent', traceparent] : headers.with(index + 1, traceparent);
}

/** Returns facts about the end of a try. A client that left is no error of the try. */
export function endOfTry(outcome: Outcome, blame: LeaseOutcome, statusCode: number | undefined): SpanEnd {
  return {
    error: errorOf(outcome, blame, statusCode),
    attributes: { 'http.response.status_code': statusCode, 'slipstream.try.outcome': outcome.type },
  };
}

function errorOf(outcome: Outcome, blame: LeaseOutcome, statusCode = 0): string | undefined {
  if (outcome.type === 'failed') return codeOf(outcome.error) ?? blame;
  if (outcome.type === 'truncated') return codeOf(outcome.cause) ?? 'truncated';
  return statusCode >= 400 ? String(statusCode) : undefined;
}

/** The code of the cause, such as ECONNREFUSED, says more than that of the error. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return codeOf(error.cause) ?? ('code' in error && typeof error.code === 'string' ? error.code : undefined);
}
