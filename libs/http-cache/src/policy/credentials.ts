import { cookiesBut, fieldPolicy, travels, type RawHeaders } from '@slipstream/http';

/** Credentials of a request, among the fields that a backend gets. */
export interface Credentials {
  readonly hasAuthorization: boolean;
  /**
   * Whether there is any other credential of the forwarding-header policy: cookies, API keys, or identities stated by a
   * trusted peer.
   */
  readonly hasOther: boolean;
  /** All cookies except the ignored ones. Absent: none is left. */
  readonly cookie?: string;
  /** Whether a field may select another target or method than the request line. */
  readonly isRerouted: boolean;
  /**
   * All fields that distinguish users, as one text with a line for each field. A field's value contains no line feed
   * (RFC 9110 section 5.5).
   */
  readonly text: string;
}

export interface CredentialOptions {
  /** Whether the peer's statements about the sender are trusted. */
  isTrusted: boolean;
  /** Whether a cookie does not identify a user. */
  isIgnored: (cookie: string) => boolean;
}

const ANONYMOUS: Credentials = { hasAuthorization: false, hasOther: false, isRerouted: false, text: '' };
const IGNORES_NONE: CredentialOptions = { isTrusted: true, isIgnored: () => false };

/** @param options default: every field is forwarded, and no cookie is ignored */
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
