import { bindsConnection } from './bound-authentication.js';
import { malformed } from './http1-error.js';

/** Delimiter of an answer's content (RFC 9112 section 6.3). */
export type BodyFraming = number | 'chunked' | 'until-close';

/** An answer's head. */
export interface ResponseHead {
  statusCode: number;
  /** Name, value, name, value, … as they were received. */
  rawHeaders: string[];
  /** A number is the length in bytes; 0 for answers that never have content. */
  framing: BodyFraming;
  /**
   * Whether the connection may carry another exchange. Never after a final answer without content whose fields announce
   * content: a faulty origin sends that, perhaps later, and it would count as the answer to the next request.
   */
  isPersistent: boolean;
  /** Whether the connection is bound to one user from now on, and may carry no request of another one. */
  isBound: boolean;
  /**
   * Seconds of idleness after which the origin closes the connection (`Keep-Alive: timeout=`); Infinity without an
   * announcement.
   */
  keepAliveSeconds: number;
}

/**
 * A complete head: a status line, field lines of a token, a colon and a value, and an empty line, each ended by CRLF.
 * It has no folded line, no space before a colon, and no control character (RFC 9112 sections 4 and 5, RFC 9110 section
 * 5.5).
 */
const HEAD =
  /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n$/;

const MAX_FIELDS = 1000;

/** Fields that govern the connection; undefined for absent ones. */
interface Ruling {
  contentLength?: string;
  transferEncoding?: string;
  connection: string;
  keepAlive: string;
  isBound: boolean;
}

/**
 * @param text the whole head, the empty line included
 * @param isHead whether the request's method is HEAD
 * @throws Http1Error `http1_malformed`
 */
export function parseResponseHead(text: string, isHead: boolean): ResponseHead {
  if (!HEAD.test(text)) throw malformed(whatIsWrong(text));
  const statusCode = Number(text.slice(9, 12));
  const isOld = text[7] === '0';
  const rawHeaders: string[] = [];
  const ruling: Ruling = { connection: '', keepAlive: '', isBound: false };
  const end = text.length - 2;
  for (let at = text.indexOf('\r\n') + 2; at < end;) {
    const colon = text.indexOf(':', at);
    const lineEnd = text.indexOf('\r\n', colon);
    const name = text.slice(at, colon);
    const value = trimmed(text, colon + 1, lineEnd);
    rawHeaders.push(name, value);
    if (bindsConnection(name, value)) ruling.isBound = true;
    note(ruling, name, value, isBlank(text.charCodeAt(lineEnd - 1)));
    at = lineEnd + 2;
  }
  if (rawHeaders.length > 2 * MAX_FIELDS) throw malformed(`it has more than ${MAX_FIELDS} header fields`);
  const stated = framingOf(ruling, isOld);
  const isFinal = statusCode >= 200;
  const isBare = isHead || !isFinal || statusCode === 204 || statusCode === 304;
  return {
    statusCode,
    rawHeaders,
    framing: isBare ? 0 : stated,
    isPersistent: !isOld && !(isBare && isFinal && announcesContent(stated)) && !closes(ruling),
    isBound: ruling.isBound,
    keepAliveSeconds:
      ruling.keepAlive === ''
        ? Infinity
        : Number(/(?:^|[,\t ])timeout=(\d{1,9})/i.exec(ruling.keepAlive)?.[1] ?? Infinity),
  };
}

const announcesContent = (stated: BodyFraming): boolean => stated !== 0 && stated !== 'until-close';

const closes = ({ connection }: Ruling): boolean =>
  connection !== '' && /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i.test(connection);

/** The text without the spaces and tabs around it. */
function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** Compares the length of the name first, which rules out nearly every field. */
function note(ruling: Ruling, name: string, value: string, endsInBlank: boolean): void {
  if (name.length === 10) {
    const lower = name.toLowerCase();
    if (lower === 'connection') ruling.connection += `,${value}`;
    else if (lower === 'keep-alive') ruling.keepAlive += `,${value}`;
  } else if (name.length === 14 && name.toLowerCase() === 'content-length') {
    ruling.contentLength = only('Content-Length', value, ruling.contentLength, endsInBlank);
  } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
    ruling.transferEncoding = only('Transfer-Encoding', value, ruling.transferEncoding, endsInBlank);
  }
}

/** Some servers read "chunked" with a blank after it as another coding, and then read to the end of the connection. */
function only(name: string, value: string, before: string | undefined, endsInBlank: boolean): string {
  if (before !== undefined) throw malformed(`it has two fields ${name}`);
  if (endsInBlank) throw malformed(`its ${name} has a blank at its end`);
  return value;
}

/** Stricter than RFC 9112 section 6.3, which lets a client accept some framings that are refused here. */
function framingOf({ contentLength, transferEncoding }: Ruling, isOld: boolean): BodyFraming {
  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) throw malformed('it has both Content-Length and Transfer-Encoding');
    if (isOld) throw malformed('it has a Transfer-Encoding in HTTP/1.0');
    if (transferEncoding.toLowerCase() !== 'chunked') throw malformed('its Transfer-Encoding is not exactly "chunked"');
    return 'chunked';
  }
  if (contentLength === undefined) return 'until-close';
  if (!/^\d{1,15}$/.test(contentLength)) throw malformed('its Content-Length is not a number');
  return Number(contentLength);
}

/** Finds the defect of a head, for the message only. */
function whatIsWrong(text: string): string {
  if (!/^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/.test(text))
    return 'its first line is not a status line of HTTP/1.1';
  if (/[^\r]\n|\r[^\n]/.test(text)) return 'a line of its head ends without CRLF';
  if (/\n[\t ]/.test(text)) return 'a line of its head is folded';
  if (/\n[^:\r\n]*[\t ]:/.test(text)) return 'a header field has a space before its colon';
  return 'a header field has an invalid character';
}
