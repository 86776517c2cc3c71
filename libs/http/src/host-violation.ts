import type { IncomingMessage } from 'node:http';
import { isHttp2 } from './http2-messages.js';

/**
 * uri-host [ ":" port ] (RFC 9110 section 7.2, RFC 3986 section 3.2.2); never empty, because an empty host names no
 * server of ours.
 */
const AUTHORITY = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

const MAX_REMEMBERED = 100;
const MAX_REMEMBERED_LENGTH = 255;
/** Valid values: all clients of an application send the same few. */
const remembered = new Set<string>();

/**
 * Finds a violation in the Host of a request, for a 400 answer (RFC 9112 section 3.2, RFC 9113 section 8.3.1). Two
 * servers that read such a Host differently would see two different requests.
 * @returns undefined if there is none
 */
export function hostViolation(request: IncomingMessage): string | undefined {
  const { host } = request.headers;
  if (host === undefined)
    return request.httpVersionMajor === 1 && request.httpVersionMinor === 0 ? undefined : 'The Host field is missing.';
  if (!isAuthority(host)) return 'The Host is not a name or an address with an optional port.';
  if (hostsOf(request.rawHeaders) > 1)
    return isHttp2(request)
      ? 'Host and :authority differ, or one of them occurs twice.'
      : 'The request has more than one Host field.';
  return undefined;
}

/**
 * Whether it fits RFC 3986 and is the authority of a URL too, as the URL Standard reads it. That excludes ports above
 * 65535, for example, and addresses such as `1.2.3.999`.
 */
function isAuthority(host: string): boolean {
  if (remembered.has(host)) return true;
  if (!AUTHORITY.test(host) || !URL.canParse(`http://${host}`)) return false;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  if (host.length <= MAX_REMEMBERED_LENGTH) remembered.add(host);
  return true;
}

/** Compares the length first, because this runs for every request, and few names are that short. */
function hostsOf(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
}
