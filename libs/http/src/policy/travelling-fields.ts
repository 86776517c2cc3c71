import { endToEndRule, type RawHeaders } from '../end-to-end-headers.js';
import { withoutCookie } from '../cookies.js';
import { withoutOwnKeys } from '../own-keys.js';
import { fieldPolicy, travels, type FieldPolicy } from './field-policy.js';

/** The fields of a request that are forwarded to a backend. */
export interface TravellingFields {
  /** Flat, in their order and spelling, without the two chains to which each proxy adds its peer. */
  readonly headers: string[];
  /** Empty if there is none. */
  readonly host: string;
  /** Claims of a trusted peer about the origin of the request, by name in lower case; lines of one name are joined. */
  readonly claims: ReadonlyMap<string, string>;
}

export interface Travellers {
  rawHeaders: RawHeaders;
  /** Whether the peer's claims about the origin and the sender of the request are trusted. */
  isTrusted: boolean;
  /** Withholds more fields than the policy. */
  isWithheld?: (policy: FieldPolicy) => boolean;
  /** A cookie of this proxy, which is not forwarded. */
  ownCookie?: string;
}

const NO_CLAIMS: ReadonlyMap<string, string> = new Map();

/** Lists to which each proxy adds its peer. */
const isChain = (name: string): boolean => name === 'x-forwarded-for' || name === 'forwarded';

/**
 * Applies the forwarding-header policy to a request. All fields from clients to backends pass through this function.
 */
export function travellingFields({ rawHeaders, isTrusted, isWithheld, ownCookie }: Travellers): TravellingFields {
  const isEndToEnd = endToEndRule(rawHeaders);
  const headers: string[] = [];
  let claims: Map<string, string> | undefined;
  let host = '';
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const written = rawHeaders[i] as string;
    const policy = fieldPolicy(written);
    const { name, kind } = policy;
    if (!travels(policy, isTrusted) || isWithheld?.(policy) || name === 'content-length') continue;
    if (kind !== 'message' && !isEndToEnd(name)) continue;
    const value =
      name === 'cookie'
        ? cookieFor(rawHeaders[i + 1] as string, ownCookie)
        : withoutOwnKeys(name, rawHeaders[i + 1] as string);
    if (value === undefined) continue;
    if (name === 'host') host = value;
    if (policy.travels === 'from-trusted-peers') {
      const before = claims?.get(name);
      (claims ??= new Map<string, string>()).set(name, before === undefined ? value : `${before}, ${value}`);
      if (isChain(name)) continue;
    }
    headers.push(written, value);
  }
  return { headers, host, claims: claims ?? NO_CLAIMS };
}

function cookieFor(value: string, ownCookie: string | undefined): string | undefined {
  const foreign = ownCookie === undefined ? value : withoutCookie(value, ownCookie);
  return foreign === '' ? undefined : withoutOwnKeys('cookie', foreign);
}
