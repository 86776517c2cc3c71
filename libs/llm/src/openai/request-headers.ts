import { travellingFields, type FieldPolicy, type RawHeaders, type RequestContext } from '@slipstream/http';

/** Context of a request. Without a peer, its sender is not trusted. */
export type CallContext = Pick<RequestContext, 'requestId'> &
  Partial<Pick<RequestContext, 'traceparent' | 'tracestate' | 'span' | 'timeline'>> & {
    peer?: Pick<RequestContext['peer'], 'isTrusted'>;
  };

/**
 * Host is the model server's own. A client's credentials are for this gateway; the server's own are added later. The
 * client's address and its page or URL are not forwarded, because the model server may belong to another company.
 */
const WITHHELD_KINDS: ReadonlySet<FieldPolicy['kind']> = new Set(['address', 'origin', 'override']);
const WITHHELD: ReadonlySet<string> = new Set([
  'host',
  'origin',
  'referer',
  'access-control-request-headers',
  'access-control-request-method',
]);

const isWithheld = ({ name, kind, isListed }: FieldPolicy): boolean =>
  WITHHELD_KINDS.has(kind) ||
  WITHHELD.has(name) ||
  (kind === 'credential' && isListed) ||
  name.startsWith('sec-fetch-');

/** Returns the header fields of a client's request for a model server. */
export function toModelHeaders(
  rawHeaders: RawHeaders,
  { requestId, traceparent, tracestate, peer }: CallContext,
): string[] {
  const { headers } = travellingFields({ rawHeaders, isTrusted: peer?.isTrusted === true, isWithheld });
  headers.push('x-request-id', requestId);
  if (traceparent !== undefined) headers.push('traceparent', traceparent);
  if (tracestate !== undefined) headers.push('tracestate', tracestate);
  return headers;
}
