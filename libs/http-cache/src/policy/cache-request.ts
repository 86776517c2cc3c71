import { isSameField, type RawHeaders } from '@slipstream/http';
import { parseCacheControl, type Directives } from '../fields/cache-control.js';
import { RawFields, type Fields } from '../fields/fields.js';
import type { CacheRule } from './cache-rule.js';
import { credentialsIn, type Credentials } from './credentials.js';

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
   * As the backend will get them. Asked for once at most, and not for most hits. What Vary names is compared as the
   * backend sees it, so that no client can vary what the backend doesn't; of Accept, Accept-*, Origin and User-Agent it
   * is relied on that they travel as they came, unless Connection names them.
   */
  readonly forwardedHeaders: () => RawHeaders;
  /** Whether content comes with it: that isn't part of the key, so such an answer is nobody else's. */
  readonly hasContent: boolean;
  /**
   * Whose answer it is: a keyed hash of all credentials that were presented, without spaces. Heard with a `private`
   * rule only.
   */
  readonly partition?: string;
  /**
   * What a trusted peer says of the URL that was asked, and the URL does not express; part of the key. Without spaces.
   * Absent: nothing.
   */
  readonly claims?: string;
  /** Absent: all that {@link headers} have, as if everything in them reached the backend. */
  readonly credentials?: Credentials;
  /** Absent: what HTTP says, and nothing more. */
  readonly rule?: CacheRule;
}

const TRAVEL_AS_THEY_CAME: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'origin',
  'user-agent',
]);

/** A request with its fields read. */
export class ReadRequest {
  readonly method: string;
  readonly rule?: CacheRule;
  /** Of the client. */
  readonly fields: Fields;
  readonly partition?: string;
  private readDirectives?: Directives;
  private readForwardedHeaders?: RawHeaders;
  private forwardedFields?: Fields;
  private readCredentials?: Credentials;

  constructor(readonly original: CacheRequest) {
    this.method = original.method;
    this.rule = original.rule;
    this.fields = new RawFields(original.headers);
    this.partition = original.rule?.scope === 'private' ? original.partition : undefined;
  }

  /** What the client says in Cache-Control (RFC 9111 section 5.2.1). */
  get directives(): Directives {
    return (this.readDirectives ??= parseCacheControl(this.fields.get('cache-control')));
  }

  get credentials(): Credentials {
    return (this.readCredentials ??= this.original.credentials ?? credentialsIn(this.original.headers));
  }

  /** A field's value as the backend gets it; of Cookie what is not ignored. */
  selecting(name: string): string | undefined {
    if (name === 'cookie' && this.namesNothing()) return this.credentials.cookie;
    const fields = TRAVEL_AS_THEY_CAME.has(name) && this.namesNothing() ? this.fields : this.forwarded();
    return fields.get(name);
  }

  /**
   * The lines of a field in the order of the request, when the backend gets one of them in another spelling (`X_Tenant`
   * of `X-Tenant`): CGI, WSGI and PHP read both as one field, and which line counts depends on the server.
   * @returns a name in lower case and its value by turns; undefined when all lines have this very name
   */
  respelled(name: string): readonly string[] | undefined {
    if (!hasOtherSpelling(this.original.headers, name) || !hasOtherSpelling(this.forwardedHeaders, name))
      return undefined;
    const { forwardedHeaders } = this;
    return forwardedHeaders.flatMap((written, i) =>
      i % 2 === 0 && isSameField(written, name) ? [written.toLowerCase(), forwardedHeaders[i + 1] as string] : [],
    );
  }

  get forwardedHeaders(): RawHeaders {
    return (this.readForwardedHeaders ??= this.original.forwardedHeaders());
  }

  private forwarded(): Fields {
    return (this.forwardedFields ??= new RawFields(this.forwardedHeaders));
  }

  /** Whether Connection leaves all fields alone (RFC 9110 section 7.6.1). */
  private namesNothing(): boolean {
    const connection = this.fields.get('connection');
    return connection === undefined || connection === 'keep-alive' || connection === 'close';
  }
}

function hasOtherSpelling(headers: RawHeaders, name: string): boolean {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const written = headers[i] as string;
    if (isSameField(written, name) && written.toLowerCase() !== name) return true;
  }
  return false;
}

/** RFC 9110 section 9.2.1, of the registered methods; any other may change something. */
const SAFE_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'REPORT',
  'SEARCH',
  'PRI',
  'QUERY',
]);
export const isSafe = (method: string): boolean => SAFE_METHODS.has(method);

/** Preconditions that ask about the origin's state, not the cache's (RFC 9111 section 4.3.2). */
export const requiresOrigin = (fields: Fields): boolean => fields.has('if-match') || fields.has('if-unmodified-since');

/** Whether this request's answer might be somebody's own, and nothing says otherwise yet. */
export const isPersonal = (request: ReadRequest): boolean =>
  request.rule?.scope !== 'public' &&
  request.partition === undefined &&
  (request.credentials.hasAuthorization || request.credentials.hasOther);
