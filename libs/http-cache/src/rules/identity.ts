import { createHmac } from 'node:crypto';
import type { RawHeaders } from '@slipstream/http';
import { LRUCache } from 'lru-cache';
import { credentialsOf } from './credentials.js';
import { unverifiedClaim } from './json-web-token.js';

/** Who a request says it comes from. */
export interface Identity {
  /** Keyed hash of every credential that came with it: two requests with the same one get the same answers. Absent: there is none. */
  readonly partition?: string;
  /** Whose tokens came with it, as far as they say; several if they disagree. For tags only: nobody has verified them. */
  readonly persons: readonly string[];
}

/** Options of {@link Identities}. */
export interface IdentityOptions {
  /** Key of the hash, the same in all processes. */
  secret: string;
  /** Cookies that hold a person's token, besides `Authorization: Bearer`. */
  tokenCookies: readonly string[];
  /** Which claim of the token is the person. */
  claim: string;
  /** Cookies that aren't the application's. */
  ignoredCookies: readonly string[];
}

const MAX_BYTES = 16 * 1024 * 1024;
const ENTRY_BYTES = 300;
const NOBODY: Identity = { persons: [] };

/** Works out who asks, once for the same credentials. */
export class Identities {
  readonly #known = new LRUCache<string, Identity>({ maxSize: MAX_BYTES, sizeCalculation: (_, key) => key.length + ENTRY_BYTES });
  readonly #ignored: ReadonlySet<string>;
  readonly #tokens: RegExp;

  constructor(private readonly options: IdentityOptions) {
    this.#ignored = new Set(options.ignoredCookies);
    const cookies = options.tokenCookies.map((name) => name.replace(/[^\w-]/g, '\\$&')).join('|') || '(?!)';
    this.#tokens = new RegExp(`^authorization:bearer +([^\\s]+)$|(?:^cookie:|; )(?:${cookies})="?([^;"\\n]+)`, 'gim');
  }

  of(rawHeaders: RawHeaders): Identity {
    const credentials = credentialsOf(rawHeaders, (cookie) => !this.#ignored.has(cookie));
    if (credentials === '') return NOBODY;
    let identity = this.#known.get(credentials);
    if (!identity) this.#known.set(credentials, (identity = this.#read(credentials)));
    return identity;
  }

  /** Persons whose tokens an answer gives out, as a sign-in's does. */
  givenBy(answer: RawHeaders): readonly string[] {
    const cookies = answer.filter((_, i) => i % 2 === 1 && answer[i - 1]?.toLowerCase() === 'set-cookie');
    return this.#personsIn(cookies.map((cookie) => `cookie:${cookie}`).join('\n'));
  }

  #read(credentials: string): Identity {
    const partition = createHmac('sha256', this.options.secret).update(credentials).digest('base64url');
    return { partition, persons: this.#personsIn(credentials) };
  }

  #personsIn(credentials: string): string[] {
    const tokens = [...credentials.matchAll(this.#tokens)].map(([, bearer, cookie]) => bearer ?? cookie ?? '');
    return [...new Set(tokens.flatMap((token) => unverifiedClaim(token, this.options.claim) ?? []))];
  }
}
