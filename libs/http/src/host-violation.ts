import type { IncomingMessage } from 'node:http';
import { isHttp2 } from './http2-messages.js';

/**
 * uri-host [ ":" port ] (RFC 9110 section 7.2, RFC 3986 section 3.2.2); no empty one, which would name no server of
 * ours.
 */
const AUTHORITY = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

/**
 * What is wrong with the Host of a request, which must then be answered with 400 (RFC 9112 section 3.2, RFC 9113
 * section 8.3.1): two servers on the way that read it differently could be made to see two different requests.
 * @returns undefined when nothing is
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

/** By length first: this runs for every request, and few names are that short. */
function hostsOf(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
}
