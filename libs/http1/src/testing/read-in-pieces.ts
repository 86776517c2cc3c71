import { expect } from 'vitest';
import type { Http1Error } from '../http1-error.js';
import { ResponseParser, type ExpectedAnswer } from '../response-parser.js';

export const GET: ExpectedAnswer = { isHead: false, isUpgrade: false };
export const HEAD: ExpectedAnswer = { isHead: true, isUpgrade: false };
export const UPGRADE: ExpectedAnswer = { isHead: false, isUpgrade: true };

/** Result of parsing an answer. */
export interface Read {
  status?: number;
  headers?: string[];
  body: string;
  isPersistent?: boolean;
  keepAliveSeconds?: number;
  /** End of the answer; absent if it has not ended. */
  end?: number;
  isSwitched?: boolean;
  error?: string;
}

/** Parses the bytes in pieces that end at `ends`. */
export function read(text: string, expected: ExpectedAnswer, ends: readonly number[], isClosed = false): Read {
  const bytes = Buffer.from(text, 'latin1');
  const seen: Read = { body: '' };
  const parser = new ResponseParser({
    onHead: ({ statusCode, rawHeaders, isPersistent, keepAliveSeconds }) =>
      Object.assign(seen, { status: statusCode, headers: rawHeaders, isPersistent, keepAliveSeconds }),
    onInformation: () => {},
    onContent: (buffer, start, end) => (seen.body += buffer.toString('latin1', start, end)),
  });
  parser.begin(expected);
  let start = 0;
  try {
    for (const end of [...ends, bytes.length]) {
      const piece = bytes.subarray(start, end);
      const at = parser.execute(piece, piece.length);
      if (parser.isComplete || parser.isSwitched)
        return { ...seen, end: start + at, ...(parser.isSwitched && { isSwitched: true }) };
      start = end;
    }
    return isClosed && parser.finish() ? { ...seen, end: bytes.length } : seen;
  } catch (error) {
    return { body: '', error: (error as Http1Error).code };
  }
}

/**
 * Parses the bytes in all ways, and expects the same result: whole, in two pieces at every position, and byte by byte.
 */
export function readInEveryWay(text: string, expected: ExpectedAnswer, isClosed = false): Read {
  const whole = read(text, expected, [], isClosed);
  for (let at = 1; at < text.length; at++)
    expect(read(text, expected, [at], isClosed), `split at ${at}`).toEqual(whole);
  expect(
    read(
      text,
      expected,
      [...text].map((_, at) => at),
      isClosed,
    ),
    'byte by byte',
  ).toEqual(whole);
  return whole;
}

/** An answer with these field lines. */
export const ok = (fields: string, body = ''): string => `HTTP/1.1 200 OK\r\n${fields}\r\n${body}`;
