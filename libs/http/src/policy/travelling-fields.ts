import { endToEndRule, type RawHeaders } from '../end-to-end-headers.js';
import { withoutCookie } from '../cookies.js';
import { withoutOwnKeys } from '../own-keys.js';
import { fieldPolicy, travels, type FieldPolicy } from './field-policy.js';

/** The fields of a request that go on to a backend. */
export interface TravellingFields {
  /** Flat, in their order and spelling, without the two chains that each proxy on the way adds its peer to. */
  readonly headers: string[];
  /** Empty when there is none. */
  readonly host: string;
  /** What a trusted peer says of where the request came from, by name in lower case; lines of one name joined. */
  readonly claims: ReadonlyMap<string, string>;
}

export interface Travellers {
  rawHeaders: RawHeaders;
  /** Whether the peer's word is taken for where the request came from and who sent it. */
  isTrusted: boolean;
  /** Cuts more than the policy does. */
  isWithheld?: (policy: FieldPolicy) => boolean;
  /** A cookie that is this proxy's own, and stays here. */
  ownCookie?: string;
}

const NO_CLAIMS: ReadonlyMap<string, string> = new Map();

/** Lists that each proxy on the way adds its peer to. */
const isChain = (name: string): boolean => name === 'x-forwarded-for' || name === 'forwarded';

/** Applies the forwarding-header policy to a request: the one way from a client's fields to a backend's. */
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
