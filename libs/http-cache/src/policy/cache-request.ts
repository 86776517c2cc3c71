import { isSameField, type RawHeaders } from '@slipstream/http';
import { parseCacheControl, type Directives } from '../fields/cache-control.js';
import { RawFields, type Fields } from '../fields/fields.js';
import type { CacheRule } from './cache-rule.js';
import { credentialsIn, type Credentials } from './credentials.js';

/** A request, as input of the cache. */
export interface CacheRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** The requested authority: the value of Host, with its port. */
  readonly host: string;
  /** Path and query exactly as the backend will get them (origin form). */
  readonly target: string;
  /** Fields as the client sent them. */
  readonly headers: RawHeaders;
  /**
   * Fields as the backend will get them. Called once at most, and not for most hits. Fields in Vary are compared in
   * this form, so a client cannot vary a field that the backend does not get. Accept, Accept-*, Origin and User-Agent
   * count as unchanged unless Connection names them.
   */
  readonly forwardedHeaders: () => RawHeaders;
  /** Whether the request has content. Content is not part of the key, so such an answer is never shared. */
  readonly hasContent: boolean;
  /** Owner of the answer: a keyed hash of all credentials, without spaces. Used with a `private` rule only. */
  readonly partition?: string;
  /**
   * Claims of a trusted peer about the requested URL that the URL does not express; part of the key. Without spaces.
   * Absent: none.
   */
  readonly claims?: string;
  /** Absent: all credentials in {@link headers}, as if the backend got every field. */
  readonly credentials?: Credentials;
  /** Absent: HTTP's own rules only. */
  readonly rule?: CacheRule;
}

const TRAVEL_AS_THEY_CAME: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'origin',
  'sec-fetch-dest',
  'user-agent',
]);

/** A request with its fields parsed. */
export class ReadRequest {
  readonly method: string;
  readonly rule?: CacheRule;
  /** Fields of the client. */
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

  /** The client's Cache-Control (RFC 9111 section 5.2.1). */
  get directives(): Directives {
    return (this.readDirectives ??= parseCacheControl(this.fields.get('cache-control')));
  }

  get credentials(): Credentials {
    return (this.readCredentials ??= this.original.credentials ?? credentialsIn(this.original.headers));
  }

  /** A field's value as the backend gets it. Ignored cookies are left out of Cookie. */
  selecting(name: string): string | undefined {
    if (name === 'cookie' && this.namesNothing()) return this.credentials.cookie;
    const fields = TRAVEL_AS_THEY_CAME.has(name) && this.namesNothing() ? this.fields : this.forwarded();
    return fields.get(name);
  }

  /**
   * The lines of a field in the order of the request, if the backend gets one of them in another spelling (`X_Tenant`
   * of `X-Tenant`). CGI, WSGI and PHP read both as one field, and the line that counts depends on the server.
   * @returns alternately a name in lower case and its value; undefined if all lines have exactly this name
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

  /** Whether Connection names no field (RFC 9110 section 7.6.1). */
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

/** The registered safe methods (RFC 9110 section 9.2.1); any other may change something. */
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

/** Preconditions on the origin's state instead of the cache's (RFC 9111 section 4.3.2). */
export const requiresOrigin = (fields: Fields): boolean => fields.has('if-match') || fields.has('if-unmodified-since');

/** Whether the answer may be personal, and no rule makes it public. */
export const isPersonal = (request: ReadRequest): boolean =>
  request.rule?.scope !== 'public' &&
  request.partition === undefined &&
  (request.credentials.hasAuthorization || request.credentials.hasOther);
