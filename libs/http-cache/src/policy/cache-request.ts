import type { RawHeaders } from '@slipstream/http';
import { parseCacheControl, type Directives } from '../fields/cache-control.js';
import { RawFields, type Fields } from '../fields/fields.js';
import type { CacheRule } from './cache-rule.js';

/** A request as the cache is asked about it. */
export interface CacheRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** The authority that was asked: what Host says, with its port. */
  readonly host: string;
  /** Path and query, byte for byte as the backend will get them (origin form). */
  readonly target: string;
  /** As the client sent them. */
  readonly headers: RawHeaders;
  /**
   * As the backend will get them. Asked for once at most, and not for a hit unless the answer varies: what Vary names is
   * compared as the backend sees it, so that no client can vary what the backend doesn't.
   */
  readonly forwardedHeaders: () => RawHeaders;
  /** Whether content comes with it: that isn't part of the key, so such an answer is nobody else's. */
  readonly hasContent: boolean;
  /** Whose answer it is: a keyed hash of all credentials that were presented, without spaces. Heard with a `private` rule only. */
  readonly partition?: string;
  /** Absent: what HTTP says, and nothing more. */
  readonly rule?: CacheRule;
}

/** A request with its fields read. */
export class ReadRequest {
  readonly method: string;
  readonly rule?: CacheRule;
  /** Of the client. */
  readonly fields: Fields;
  readonly partition?: string;
  #directives?: Directives;
  #forwardedHeaders?: RawHeaders;

  constructor(readonly asked: CacheRequest) {
    this.method = asked.method;
    this.rule = asked.rule;
    this.fields = new RawFields(asked.headers);
    this.partition = asked.rule?.scope === 'private' ? asked.partition : undefined;
  }

  /** What the client says in Cache-Control (RFC 9111 section 5.2.1). */
  get directives(): Directives {
    return (this.#directives ??= parseCacheControl(this.fields.get('cache-control')));
  }

  get forwardedHeaders(): RawHeaders {
    return (this.#forwardedHeaders ??= this.asked.forwardedHeaders());
  }
}

/** RFC 9110 section 9.2.1, of the registered methods; any other may change something. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'PRI', 'QUERY']);
export const isSafe = (method: string): boolean => SAFE_METHODS.has(method);

/** Preconditions that ask about the origin's state, not the cache's (RFC 9111 section 4.3.2). */
export const asksOrigin = (fields: Fields): boolean => fields.has('if-match') || fields.has('if-unmodified-since');

/** Whether this request's answer might be somebody's own, and nothing says otherwise yet. */
export const isPersonal = ({ fields, rule, partition }: ReadRequest): boolean =>
  rule?.scope !== 'public' && partition === undefined && (fields.has('authorization') || fields.has('cookie'));
