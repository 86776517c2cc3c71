import { cookiesBut, fieldPolicy, travels, type RawHeaders } from '@slipstream/http';

/** What a request's fields say of who asks, of those that a backend gets. */
export interface Credentials {
  readonly hasAuthorization: boolean;
  /**
   * Anything else that the forwarding-header policy counts as a credential: cookies, API keys, identities that a
   * trusted peer vouches for.
   */
  readonly hasOther: boolean;
  /** All cookies but the ignored ones. Absent: none is left. */
  readonly cookie?: string;
  /** Some field may lead the backend to another target or method than the request line has. */
  readonly isRerouted: boolean;
  /**
   * All that tells users apart, as one text, a line for each field: no field's value has a line feed in it (RFC 9110
   * section 5.5).
   */
  readonly text: string;
}

export interface CredentialOptions {
  /** Whether the peer's word is taken for who sent the request. */
  isTrusted: boolean;
  /** Whether a cookie says nothing of who asks. */
  isIgnored: (cookie: string) => boolean;
}

const ANONYMOUS: Credentials = { hasAuthorization: false, hasOther: false, isRerouted: false, text: '' };
const IGNORES_NONE: CredentialOptions = { isTrusted: true, isIgnored: () => false };

/** @param options default: everything travels, and no cookie is ignored */
export function credentialsIn(
  rawHeaders: RawHeaders,
  { isTrusted, isIgnored }: CredentialOptions = IGNORES_NONE,
): Credentials {
  let [hasAuthorization, hasOther, isRerouted] = [false, false, false];
  let [text, cookies] = ['', ''];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const policy = fieldPolicy(rawHeaders[i] as string);
    const { name, sharing } = policy;
    if (sharing === 'shared' || sharing === 'keyed' || !travels(policy, isTrusted)) continue;
    const value = (rawHeaders[i + 1] as string).trim();
    if (value === '') continue;
    if (sharing === 'bypass') isRerouted = true;
    else if (name === 'cookie') cookies = cookies === '' ? value : `${cookies}; ${value}`;
    else {
      text += `${name}:${value}\n`;
      if (name === 'authorization') hasAuthorization = true;
      else if (sharing === 'credential') hasOther = true;
    }
  }
  if (cookies === '' && text === '' && !isRerouted) return ANONYMOUS;
  const cookie = cookiesBut(cookies, isIgnored) || undefined;
  if (cookie !== undefined) text += `cookie:${cookie}\n`;
  return { hasAuthorization, hasOther: hasOther || cookie !== undefined, cookie, isRerouted, text };
}
