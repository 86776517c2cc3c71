import type { RawHeaders } from '@slipstream/http';
import { parseCacheControl, type Directives } from '../fields/cache-control.js';
import { fieldsOf, type Fields } from '../fields/fields.js';
import type { CacheRule } from './cache-rule.js';

/** A request as the cache is asked about it. */
export interface CacheRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** The authority that was asked: what Host says, with its port. */
  readonly host: string;
  /** Path and query, byte for byte as the backend will get them (origin form). */
  readonly target: string;
  /** As the backend will get them, hop-by-hop fields and all that is not the client's own excepted. */
  readonly headers: RawHeaders;
  /** Whose answer it is: a keyed hash of all credentials that were presented. Only with a `private` rule. */
  readonly partition?: string;
  readonly rule?: CacheRule;
}

/** A request with its fields read. */
export interface ReadRequest extends CacheRequest {
  readonly fields: Fields;
  readonly directives: Directives;
}

export function readRequest(request: CacheRequest): ReadRequest {
  const fields = fieldsOf(request.headers);
  const directives = parseCacheControl(fields.get('cache-control'));
  return { ...request, fields, directives };
}

/** RFC 9110 section 9.2.1, of the registered methods; any other may change something. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'PRI', 'QUERY']);
export const isSafe = (method: string): boolean => SAFE_METHODS.has(method);

/** Whether content comes with the request: it isn't part of the key, so such an answer is nobody else's. */
export const hasContent = (fields: Fields): boolean => fields.has('transfer-encoding') || (fields.get('content-length') ?? '0') !== '0';

/** Preconditions that ask about the origin's state, not the cache's (RFC 9111 section 4.3.2). */
export const asksOrigin = (fields: Fields): boolean => fields.has('if-match') || fields.has('if-unmodified-since');

/** Whether this request's answer might be somebody's own, and nothing says otherwise yet. */
export const isPersonal = ({ fields, rule, partition }: ReadRequest): boolean =>
  rule?.scope !== 'public' && partition === undefined && (fields.has('authorization') || fields.has('cookie'));
