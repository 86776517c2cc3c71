import type { Socket } from 'node:net';
import type { WireResponse } from '../wire/strict-responses.js';

/** What a backend does in place of a good answer, and what the client may make of it. */
export interface ResponseCase {
  name: string;
  /** Where HTTP rules it; section numbers are those of RFC 9112 unless they say otherwise. */
  rule: string;
  /** Of the request; default GET. */
  method?: string;
  /** Latin-1; or whatever has to be done. */
  answer: string | ((connection: Socket) => void);
  /** What the backend does then; default `keep`: nothing. */
  then?: 'keep' | 'finish' | 'reset';
  /** Whether the client may see an answer that it can't take for a whole one: 502, 504, or a visible cut. */
  mayBreak?: boolean;
  /** The one answer that it may take for a whole one. */
  whole?: WholeAnswer;
}

/** What has to be true of it. */
export interface WholeAnswer extends Partial<Pick<WireResponse, 'status' | 'content'>> {
  /** By name in lower case; null: must not be there. */
  fields?: Readonly<Record<string, string | null>>;
}

/** An answer that nobody asked for, to be taken by nobody. */
export const UNASKED = 'HTTP/1.1 200 OK\r\nX-Target: /poison\r\nContent-Length: 6\r\n\r\npoison';

/** An answer with these fields (whole lines) and this content. */
export const answer = (fields: string, content: string, statusLine = 'HTTP/1.1 200 OK'): string =>
  `${statusLine}\r\n${fields}\r\n${content}`;

/** Content in one chunk. */
export const CHUNKED = '5\r\nhello\r\n0\r\n\r\n';
