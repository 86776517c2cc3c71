import { createHmac } from 'node:crypto';
import { bearerToken, cookiePairs, type RawHeaders } from '@slipstream/http';
import { LRUCache } from 'lru-cache';
import type { Credentials } from '../policy/credentials.js';
import { unverifiedClaim } from './json-web-token.js';

/** Identity of a request, by its credentials. */
export interface Identity {
  /**
   * Keyed hash of all its credentials. Requests with the same hash get the same answers. Absent: it has no credentials.
   */
  readonly partition?: string;
  /** Users named by its tokens; several if they differ. For tags only, because the tokens are not verified. */
  readonly users: readonly string[];
}

/** Options of {@link Identities}. */
export interface IdentityOptions {
  /** Key of the hash, equal in all processes. */
  secret: string;
  /** Cookies that contain a user's token, in addition to `Authorization: Bearer`. */
  tokenCookies: readonly string[];
  /** Claim of the token that contains the user. */
  claim: string;
  /** Cookies that do not belong to the application. A `*` at the end of a name matches any rest. */
  ignoredCookies: readonly string[];
}

const MAX_BYTES = 16 * 1024 * 1024;
const ENTRY_BYTES = 300;
const ANONYMOUS: Identity = { users: [] };
const AUTHORIZATION_LINE = /^authorization:(.*)$/gm;

/** Computes identities, once for the same credentials. */
export class Identities {
  private readonly known = new LRUCache<string, Identity>({
    maxSize: MAX_BYTES,
    sizeCalculation: (_, key) => key.length + ENTRY_BYTES,
  });
  private readonly ignored: ReadonlySet<string>;
  private readonly ignoredPrefixes: readonly string[];
  private readonly tokenCookies: ReadonlySet<string>;

  constructor(private readonly options: IdentityOptions) {
    const [prefixes, names] = [
      options.ignoredCookies.filter(isPrefix),
      options.ignoredCookies.filter((name) => !isPrefix(name)),
    ];
    this.ignored = new Set(names);
    this.ignoredPrefixes = prefixes.map((pattern) => pattern.slice(0, -1));
    this.tokenCookies = new Set(options.tokenCookies);
  }

  /** Whether a cookie of this name does not identify a user. */
  readonly isIgnored = (cookie: string): boolean =>
    this.ignored.has(cookie) || this.ignoredPrefixes.some((prefix) => cookie.startsWith(prefix));

  of({ text, cookie }: Pick<Credentials, 'text' | 'cookie'>): Identity {
    if (text === '') return ANONYMOUS;
    let identity = this.known.get(text);
    if (!identity) this.known.set(text, (identity = this.read(text, cookie)));
    return identity;
  }

  /** Users whose tokens an answer issues, such as the answer to a sign-in. */
  givenBy(answer: RawHeaders): readonly string[] {
    const cookies = answer.filter((_, i) => i % 2 === 1 && answer[i - 1]?.toLowerCase() === 'set-cookie');
    return this.usersOf(cookies.flatMap((cookie) => this.tokensIn(cookie.split(';', 1)[0] as string)));
  }

  private read(text: string, cookie = ''): Identity {
    const partition = createHmac('sha256', this.options.secret).update(text).digest('base64url');
    const bearers = [...text.matchAll(AUTHORIZATION_LINE)].flatMap(([, value]) => bearerToken(value) ?? []);
    return { partition, users: this.usersOf([...bearers, ...this.tokensIn(cookie)]) };
  }

  private tokensIn(cookie: string): string[] {
    return cookiePairs(cookie).flatMap(({ name, value }) =>
      this.tokenCookies.has(name) ? value.replace(/^"(.*)"$/, '$1') : [],
    );
  }

  private usersOf(tokens: readonly string[]): string[] {
    return [...new Set(tokens.flatMap((token) => unverifiedClaim(token, this.options.claim) ?? []))];
  }
}

const isPrefix = (name: string): boolean => name.endsWith('*');
