import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { cookieOf, fieldValues, type RawHeaders } from '@slipstream/http';

/** Options of {@link Stickiness}. */
export interface StickinessOptions {
  cookieName: string;
  /** Only requests whose paths begin so stick. */
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

/**
 * Brings who was answered by a backend back to it, by a cookie. The cookie is a keyed hash of the backend's URL: it
 * tells no address, and nobody can make one up for a backend that he was not given.
 */
export class Stickiness {
  private readonly urls = new Map<string, string>();
  private readonly cookies = new Map<string, string>();

  private readonly attributes: string;
  private readonly secureAttributes: string;

  constructor(private readonly options: StickinessOptions) {
    const { sameSite = 'lax', domain, maxAgeSeconds } = options;
    const site = `SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`;
    const optional = [domain && `; Domain=${domain}`, maxAgeSeconds !== undefined && `; Max-Age=${maxAgeSeconds}`];
    const common = `Path=/; HttpOnly; ${site}${optional.filter(Boolean).join('')}`;
    this.secureAttributes = `${common}; Secure`;
    this.attributes = sameSite === 'none' ? this.secureAttributes : common; // browsers refuse None without Secure
  }

  /** Replaces the backends that can be stuck to. */
  setBackends(urls: readonly string[]): void {
    this.urls.clear();
    this.cookies.clear();
    for (const url of urls) {
      const value = createHmac('sha256', this.options.secret).update(url).digest('base64url').slice(0, 22);
      this.urls.set(value, url);
      this.cookies.set(url, value);
    }
  }

  /** Whether a request to this path sticks. */
  appliesTo(path: string): boolean {
    return this.options.paths.some((prefix) => path.startsWith(prefix));
  }

  /** @returns the URL of the backend that the request belongs to; undefined when it belongs to none that there is */
  backendOf({ headers }: IncomingMessage): string | undefined {
    const value = cookieOf(headers.cookie, this.options.cookieName);
    return value === undefined ? undefined : this.urls.get(value);
  }

  /**
   * The Set-Cookie value that binds to a backend; undefined for an answer that a shared cache may store, which would
   * bind everybody (RFC 9111 section 7.3).
   *
   * @param isSecure whether the client came over HTTPS
   */
  cookieFor(url: string, answer: RawHeaders, isSecure: boolean): string | undefined {
    const value = this.cookies.get(url);
    if (value === undefined || isStorable(answer)) return undefined;
    return `${this.options.cookieName}=${value}; ${isSecure ? this.secureAttributes : this.attributes}`;
  }
}

function isStorable(answer: RawHeaders): boolean {
  const control = fieldValues(answer, 'cache-control').join();
  return /\b(?:public|s-maxage|max-age)\b/i.test(control) && !/\b(?:private|no-store)\b/i.test(control);
}
