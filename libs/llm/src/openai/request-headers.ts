import { travellingFields, type FieldPolicy, type RawHeaders, type RequestContext } from '@slipstream/http';

/** What a call needs to know of its request. Without a peer, it comes from a stranger. */
export type CallContext = Pick<RequestContext, 'requestId'> &
  Partial<Pick<RequestContext, 'traceparent'>> & { peer?: Pick<RequestContext['peer'], 'isTrusted'> };

/**
 * Host is the model server's own. A client's credentials are for this gateway; the server's own are added later. Where
 * the client is, and by which page or URL it came here, is no business of a model server, which may be another
 * company's.
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

/** The header fields of a client's request as a model server gets them. */
export function toModelHeaders(rawHeaders: RawHeaders, { requestId, traceparent, peer }: CallContext): string[] {
  const { headers } = travellingFields({ rawHeaders, isTrusted: peer?.isTrusted === true, isWithheld });
  headers.push('x-request-id', requestId);
  if (traceparent !== undefined) headers.push('traceparent', traceparent);
  return headers;
}
