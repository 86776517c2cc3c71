import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { cookieOf, fieldValues, type RawHeaders } from '@slipstream/http';

/** Options of {@link Stickiness}. */
export interface StickinessOptions {
  cookieName: string;
  /** Only requests with these path prefixes stick. */
  paths: readonly string[];
  /** Signs the cookie. */
  secret: string;
  /**
   * Which requests of other sites carry the cookie. `none` needs HTTPS, so the cookie is `Secure` then. Default `lax`.
   */
  sameSite?: 'lax' | 'strict' | 'none';
  /** Hosts below this domain get the cookie too. Default: only the host that set it. */
  domain?: string;
  /** How long browsers keep the cookie, in seconds. Default: until the browser ends. */
  maxAgeSeconds?: number;
}

/** Sessions of Socket.IO outlast a reload; a few former secrets are enough. */
const MAX_FORMER_SECRETS = 3;

/**
 * Routes a client's later requests to the backend that answered it first, by a cookie. The cookie is a keyed hash of
 * the backend's URL. It reveals no address, and a client cannot forge one for another backend.
 */
export class Stickiness {
  private readonly urls = new Map<string, string>();
  private readonly cookies = new Map<string, string>();

  private readonly attributes: string;
  private readonly secureAttributes: string;
  private readonly formerSecrets: readonly string[];

  /** @param former whose cookies still count, although new cookies follow these options */
  constructor(
    private readonly options: StickinessOptions,
    former?: Stickiness,
  ) {
    const known = former ? [former.options.secret, ...former.formerSecrets] : [];
    this.formerSecrets = [...new Set(known)].filter((secret) => secret !== options.secret).slice(0, MAX_FORMER_SECRETS);
    const { sameSite = 'lax', domain, maxAgeSeconds } = options;
    const site = `SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`;
    const optional = [domain && `; Domain=${domain}`, maxAgeSeconds !== undefined && `; Max-Age=${maxAgeSeconds}`];
    const common = `Path=/; HttpOnly; ${site}${optional.filter(Boolean).join('')}`;
    this.secureAttributes = `${common}; Secure`;
    this.attributes = sameSite === 'none' ? this.secureAttributes : common; // browsers refuse None without Secure
  }

  /** Replaces the backends to which clients may stick. */
  setBackends(urls: readonly string[]): void {
    this.urls.clear();
    this.cookies.clear();
    for (const url of urls) {
      for (const secret of this.formerSecrets) this.urls.set(valueOf(url, secret), url);
      const value = valueOf(url, this.options.secret);
      this.urls.set(value, url);
      this.cookies.set(url, value);
    }
  }

  /** Whether a request to this path sticks. */
  appliesTo(path: string): boolean {
    return this.options.paths.some((prefix) => path.startsWith(prefix));
  }

  /** @returns the URL of the backend to which the request belongs; undefined if it has none, or the backend is gone */
  backendOf({ headers }: IncomingMessage): string | undefined {
    const value = cookieOf(headers.cookie, this.options.cookieName);
    return value === undefined ? undefined : this.urls.get(value);
  }

  /**
   * The Set-Cookie value for a backend. Undefined for an answer that a shared cache may store, because it would bind
   * all clients (RFC 9111 section 7.3).
   *
   * @param isSecure whether the client connected over HTTPS
   */
  cookieFor(url: string, answer: RawHeaders, isSecure: boolean): string | undefined {
    const value = this.cookies.get(url);
    if (value === undefined || isStorable(answer)) return undefined;
    return `${this.options.cookieName}=${value}; ${isSecure ? this.secureAttributes : this.attributes}`;
  }
}

const valueOf = (url: string, secret: string): string =>
  createHmac('sha256', secret).update(url).digest('base64url').slice(0, 22);

function isStorable(answer: RawHeaders): boolean {
  const control = fieldValues(answer, 'cache-control').join();
  return /\b(?:public|s-maxage|max-age)\b/i.test(control) && !/\b(?:private|no-store)\b/i.test(control);
}
