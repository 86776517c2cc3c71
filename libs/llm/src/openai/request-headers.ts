import { endToEndHeaders, filterHeaders, type RawHeaders } from '@slipstream/http';

/** Ids of one request, for every log that it passes. */
export interface RequestContext {
  requestId: string;
  /** W3C trace context. */
  traceparent?: string;
}

/** Set anew for the model server, or none of its business: credentials here are ours, the server's own are added later. */
const WITHHELD: ReadonlySet<string> = new Set(['authorization', 'cookie', 'x-api-key', 'host', 'content-length', 'expect', 'x-request-id', 'traceparent']);

/** What a model server is told of the client's header fields. */
export function toModelHeaders(rawHeaders: RawHeaders, { requestId, traceparent }: RequestContext): string[] {
  const kept = filterHeaders(endToEndHeaders(rawHeaders), (name) => !WITHHELD.has(name) && !name.startsWith('x-slipstream-'));
  kept.push('x-request-id', requestId);
  if (traceparent !== undefined) kept.push('traceparent', traceparent);
  return kept;
}
