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

/** Sessions of Socket.IO outlast a reload; a few are enough. */
const MAX_FORMER_SECRETS = 3;

/**
 * Brings who was answered by a backend back to it, by a cookie. The cookie is a keyed hash of the backend's URL: it
 * tells no address, and nobody can make one up for a backend that he was not given.
 */
export class Stickiness {
  private readonly urls = new Map<string, string>();
  private readonly cookies = new Map<string, string>();

  private readonly attributes: string;
  private readonly secureAttributes: string;
  private readonly formerSecrets: readonly string[];

  /** @param former whose cookies still bring their clients back, although new ones are given out by these options */
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

  /** Replaces the backends that can be stuck to. */
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

const valueOf = (url: string, secret: string): string =>
  createHmac('sha256', secret).update(url).digest('base64url').slice(0, 22);

function isStorable(answer: RawHeaders): boolean {
  const control = fieldValues(answer, 'cache-control').join();
  return /\b(?:public|s-maxage|max-age)\b/i.test(control) && !/\b(?:private|no-store)\b/i.test(control);
}
