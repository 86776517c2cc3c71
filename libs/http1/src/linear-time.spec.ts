import { superLinearInput } from '@slipstream/contracts/testing';
import { expect, it } from 'vitest';
import { parseResponseHead } from './response-head.js';
import { requestHead } from './request-head.js';
import { ResponseParser } from './response-parser.js';

/** Feeds an answer in pieces of so many bytes. */
function parseInPieces(text: string, size: number): void {
  const parser = new ResponseParser({ onHead: () => {}, onInformation: () => {}, onContent: () => {} });
  parser.begin({ isHead: false, isUpgrade: false });
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    parser.execute(piece, piece.length);
  }
}

it.each<[name: string, parse: (text: string) => unknown]>([
  ['a head', (text) => parseResponseHead(text, false)],
  ['a status line', (text) => parseResponseHead(`HTTP/1.1 200 ${text}\r\n\r\n`, false)],
  ['a field name', (text) => parseResponseHead(`HTTP/1.1 200 OK\r\n${text}: a\r\n\r\n`, false)],
  ['a field value', (text) => parseResponseHead(`HTTP/1.1 200 OK\r\na: ${text}\r\n\r\n`, false)],
  ['Connection', (text) => parseResponseHead(`HTTP/1.1 200 OK\r\nConnection: ${text}\r\n\r\n`, false)],
  ['Keep-Alive', (text) => parseResponseHead(`HTTP/1.1 200 OK\r\nKeep-Alive: ${text}\r\n\r\n`, false)],
  ['a head in pieces', (text) => parseInPieces(`HTTP/1.1 200 OK\r\na: ${text}\r\n\r\n`, 40)],
  [
    'a chunk size',
    (text) => parseInPieces(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${text}\r\n`, 64 * 1024),
  ],
  [
    'chunk sizes byte by byte',
    (text) => parseInPieces(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}`, 1),
  ],
  [
    'a trailer',
    (text) => parseInPieces(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${text}\r\n\r\n`, 7),
  ],
  ['a target', (text) => requestHead({ method: 'GET', path: `/${text}`, headers: [], body: null } as never, 'a')],
  [
    'a field to send',
    (text) => requestHead({ method: 'GET', path: '/', headers: ['a', text], body: null } as never, 'a'),
  ],
])(
  'reads %s in time that grows no faster than it',
  (_, parse) => expect(superLinearInput(parse)).toBeUndefined(),
  60_000,
);
