import { Readable } from 'node:stream';
import { bindsConnection } from './bound-authentication.js';
import { Http1RequestError } from './http1-error.js';
import type { Http1Request } from './http1-exchange.port.js';

/** A request's head as it is sent, and the framing of its body. */
export interface RequestHead {
  /** Latin-1. */
  text: string;
  /** Length of a streamed body in bytes, or `chunked`. */
  streamLength: number | 'chunked';
  /** Whether the request binds its connection to one user. */
  isBound: boolean;
}

/** Every character that a head may contain, line by line (RFC 9112 sections 3 and 5, RFC 9110 section 5.5). */
const HEAD =
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\x7e\x80-\xff]+ HTTP\/1\.1\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\t\x20-\x7e\x80-\xff]*\r\n)+\r\n$/;

/** Fields that this client sets itself, or does not support. */
const REFUSED: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'upgrade', 'transfer-encoding', 'expect']);

/** Lengths of the names that are handled here. Names of other lengths are skipped without a comparison. */
const LENGTHS_OF_INTEREST: ReadonlySet<number> = new Set(
  ['host', 'content-length', ...REFUSED].map(({ length }) => length),
);

/** Methods for which a missing content is stated as Content-Length: 0 (RFC 9110 section 8.6). */
const EXPECTS_CONTENT: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * @param host value of Host, unless the request has one
 * @throws Http1RequestError if a name, a value, the method or the path has an illegal character, or if the fields
 *   contradict the body or each other
 */
export function requestHead(request: Http1Request, host: string): RequestHead {
  const { method, path, headers } = request;
  if (headers.length % 2 === 1) throw new Http1RequestError('a header field has no value');
  const own = ownFields(headers);
  let text = `${method} ${path} HTTP/1.1\r\n`;
  if (own.host === undefined) text += `Host: ${host}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  const { field, streamLength } = bodyFraming(request, own.contentLength);
  text += `${field}${request.upgrade ? `Connection: Upgrade\r\nUpgrade: ${request.upgrade}\r\n` : ''}\r\n`;
  const lines =
    2 + headers.length / 2 + Number(own.host === undefined) + Number(field !== '') + (request.upgrade ? 2 : 0);
  // Each line is valid, and their number is the number of written lines. So no text contained an end of line.
  if (!HEAD.test(text) || countOf('\n', text) !== lines)
    throw new Http1RequestError('its method, its path or a header field has an invalid character');
  return { text, streamLength, isBound: own.isBound };
}

interface OwnFields {
  host?: string;
  contentLength?: string;
  isBound: boolean;
}

/** The fields that this client evaluates. */
function ownFields(headers: readonly string[]): OwnFields {
  const own: OwnFields = { isBound: false };
  for (let i = 0; i < headers.length; i += 2) {
    const written = headers[i] as string;
    if (bindsConnection(written, headers[i + 1] as string)) own.isBound = true;
    if (!LENGTHS_OF_INTEREST.has(written.length)) continue;
    const name = written.toLowerCase();
    if (REFUSED.has(name)) throw new Http1RequestError(`it has a field ${name}`);
    const key = name === 'host' ? 'host' : name === 'content-length' ? 'contentLength' : undefined;
    if (!key) continue;
    if (own[key] !== undefined) throw new Http1RequestError(`it has two fields ${name}`);
    own[key] = headers[i + 1] as string;
  }
  return own;
}

/** @returns the field line to add, if any, and the length of a streamed body */
function bodyFraming(
  { method, body, upgrade }: Http1Request,
  contentLength: string | undefined,
): { field: string; streamLength: number | 'chunked' } {
  if (upgrade && body !== null) throw new Http1RequestError('it requests a protocol upgrade and has a body');
  if (contentLength !== undefined && !/^\d{1,15}$/.test(contentLength))
    throw new Http1RequestError('its Content-Length is not a number');
  if (body instanceof Readable)
    return contentLength === undefined
      ? { field: 'Transfer-Encoding: chunked\r\n', streamLength: 'chunked' }
      : { field: '', streamLength: Number(contentLength) };
  const length = lengthOf(body);
  if (contentLength !== undefined && Number(contentLength) !== length)
    throw new Http1RequestError('its Content-Length is not the length of its body');
  const isStated = contentLength !== undefined || (body === null && !EXPECTS_CONTENT.has(method));
  return { field: isStated ? '' : `Content-Length: ${length}\r\n`, streamLength: length };
}

function lengthOf(body: Buffer | readonly Buffer[] | null): number {
  if (body === null || Buffer.isBuffer(body)) return body?.length ?? 0;
  let length = 0;
  for (const piece of body) length += piece.length;
  return length;
}

function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}
