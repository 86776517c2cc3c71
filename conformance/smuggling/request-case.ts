import type { WireRequest } from '../wire/strict-requests.js';

/** Bytes of a client that try to be read in two ways, and what becomes of them. */
export interface RequestCase {
  name: string;
  /** Where HTTP rules it; section numbers are those of RFC 9112 unless they say otherwise. */
  rule: string;
  /** Latin-1. */
  bytes: string;
  /** More than one where HTTP leaves the choice. */
  expected: Expectation;
}

export interface Expectation {
  /** Statuses of a refusal, after which the connection ends; none of the bytes may be a request to a backend. */
  refused?: readonly number[];
  /** What a backend may be sent; what follows on the connection is then the next request. */
  forwarded?: ForwardedRequest;
}

/** What has to be true of a request that a backend is sent. */
export interface ForwardedRequest extends Partial<Pick<WireRequest, 'method' | 'target' | 'content'>> {
  /** By name in lower case; null: must not be there. Else it is there once. */
  fields?: Readonly<Record<string, string | RegExp | null>>;
}

export const REFUSED: Expectation = { refused: [400] };
/** The server need not know the coding, the method or the version (RFC 9110 sections 15.6.2 and 15.6.6). */
export const REFUSED_OR_UNKNOWN: Expectation = { refused: [400, 405, 501, 505] };

/**
 * In place of a status: a cut without an answer. What is too large is not read to its end, and unread bytes make a
 * system reset the connection, which may overtake the answer (RFC 9112 section 9.6).
 */
export const CUT = 0;

export const forwarded = (request: ForwardedRequest): Expectation => ({ forwarded: request });

/** Follows a request on its connection, to be seen or, behind a refused one, never to be seen. */
export const BEHIND_TARGET = '/behind';
export const BEHIND = `GET ${BEHIND_TARGET} HTTP/1.1\r\nHost: behind.example\r\n\r\n`;

/** A request to /case. Fields are whole lines. */
export const get = (fields: string, head = 'GET /case HTTP/1.1'): string =>
  `${head}\r\nHost: a.example\r\n${fields}\r\n`;

/** The same with content. */
export const post = (fields: string, content: string): string => get(fields, 'POST /case HTTP/1.1') + content;

/** Content in one chunk. */
export const CHUNKED = '5\r\nhello\r\n0\r\n\r\n';
