import type { IncomingMessage } from 'node:http';
import { isHttp2 } from './http2-messages.js';

/**
 * uri-host [ ":" port ] (RFC 9110 section 7.2, RFC 3986 section 3.2.2); never empty, because an empty host names no
 * server of ours.
 */
const AUTHORITY = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

/**
 * Finds a violation in the Host of a request, for a 400 answer (RFC 9112 section 3.2, RFC 9113 section 8.3.1). Two
 * servers that read such a Host differently would see two different requests.
 * @returns undefined if there is none
 */
export function hostViolation(request: IncomingMessage): string | undefined {
  const { host } = request.headers;
  if (host === undefined)
    return request.httpVersionMajor === 1 && request.httpVersionMinor === 0 ? undefined : 'The Host field is missing.';
  if (!AUTHORITY.test(host)) return 'The Host is not a name or an address with an optional port.';
  if (hostsOf(request.rawHeaders) > 1)
    return isHttp2(request)
      ? 'Host and :authority differ, or one of them occurs twice.'
      : 'The request has more than one Host field.';
  return undefined;
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
