import type { RawHeaders } from './end-to-end-headers.js';

/**
 * The fields of an HTTP/2 request in the form of HTTP/1.1 (RFC 9113 section 8.3.1): without pseudo-fields, with
 * `:authority` as Host, and with all cookies in one field (section 8.2.3).
 */
export function toHttp1Fields(rawHeaders: RawHeaders): string[] {
  const fields: string[] = [];
  const cookies: string[] = [];
  let authority: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i] as string, rawHeaders[i + 1] as string];
    if (name === ':authority') authority = value;
    else if (name === 'cookie') cookies.push(value);
    else if (!name.startsWith(':') && (name !== 'host' || value !== authority)) fields.push(name, value);
  }
  if (authority !== undefined) fields.unshift('Host', authority);
  if (cookies.length > 0) fields.push('cookie', cookies.join('; '));
  return fields;
}
