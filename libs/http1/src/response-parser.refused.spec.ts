import { describe, expect, it } from 'vitest';
import { GET, ok, read, readInEveryWay } from './testing/read-in-pieces.js';

describe('an answer that is refused', () => {
  const CHUNKED = 'Transfer-Encoding: chunked\r\n';
  it.each<[string, string]>([
    ['another protocol', 'this is not HTTP\r\n\r\n'],
    ['another protocol that goes on', 'SSH-2.0-x'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
    ['small letters', 'http/1.1 200 OK\r\n\r\n'],
    ['a line before', `\r\n${ok('Content-Length: 0\r\n')}`],
    ['two spaces', 'HTTP/1.1  200 OK\r\n\r\n'],
    ['a tab', 'HTTP/1.1\t200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 99 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a control character in the reason', 'HTTP/1.1 200 O\x00K\r\n\r\n'],
    ['a bare LF in the status line', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
    ['bare LFs', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['a bare LF after a field', ok('A: 1\nContent-Length: 0\r\n')],
    ['a bare CR in a value', ok('A: 1\rContent-Length: 9\r\nContent-Length: 0\r\n')],
    ['a bare LF at the end of the head', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n\r\n\r\n'],
    ['a folded line', ok('A: 1\r\n b\r\nContent-Length: 0\r\n')],
    ['a folded line with a tab', ok('A: 1\r\n\tb: c\r\nContent-Length: 0\r\n')],
    ['a folded first line', ok(' A: 1\r\nContent-Length: 0\r\n')],
    ['a space before the colon', ok('Content-Length : 0\r\n')],
    ['a tab before the colon', ok('Content-Length\t: 0\r\n')],
    ['a line without a colon', ok('Content-Length\r\n')],
    ['a field without a name', ok(': x\r\n')],
    ['a name with a space', ok('A B: x\r\n')],
    ['a name with a letter beyond ASCII', ok('\xc4: x\r\n')],
    ['a name with a control character', ok('A\x00: x\r\n')],
    ['a NUL in a value', ok('A: x\x00y\r\n')],
    ['a DEL in a value', ok('A: x\x7fy\r\n')],
    ['a vertical tab before a length', ok('Content-Length:\x0b1\r\n')],
    ['a length and chunks', ok(`Content-Length: 5\r\n${CHUNKED}`)],
    ['chunks and a length', ok(`${CHUNKED}Content-Length: 5\r\n`)],
    ['two lengths', ok('Content-Length: 1\r\nContent-Length: 2\r\n')],
    ['the same length twice', ok('Content-Length: 1\r\ncontent-length: 1\r\n')],
    ['a list of lengths', ok('Content-Length: 1, 1\r\n')],
    ['an empty length', ok('Content-Length:\r\n')],
    ['a length with a sign', ok('Content-Length: +1\r\n')],
    ['a negative length', ok('Content-Length: -1\r\n')],
    ['a hexadecimal length', ok('Content-Length: 0x1\r\n')],
    ['a length with a fraction', ok('Content-Length: 1.0\r\n')],
    ['a length beyond 2^53', ok('Content-Length: 9999999999999999\r\n')],
    ['a length with a blank behind it', ok('Content-Length: 0 \r\n')],
    ['chunks with a blank behind them', ok('Transfer-Encoding: chunked\t\r\n')],
    ['another coding', ok('Transfer-Encoding: gzip\r\n')],
    ['another coding before chunks', ok('Transfer-Encoding: gzip, chunked\r\n')],
    ['chunks before another coding', ok('Transfer-Encoding: chunked, identity\r\n')],
    ['chunks twice', ok('Transfer-Encoding: chunked, chunked\r\n')],
    ['chunks in two fields', ok(CHUNKED + CHUNKED)],
    ['chunks by another name', ok('Transfer-Encoding: xchunked\r\n')],
    ['quoted chunks', ok('Transfer-Encoding: "chunked"\r\n')],
    ['an empty coding', ok('Transfer-Encoding:\r\n')],
    ['chunks in HTTP/1.0', `HTTP/1.0 200 OK\r\n${CHUNKED}\r\n`],
    ['a switch of protocols unasked', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    [
      'an interim answer that closes',
      `HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n${ok('Content-Length: 0\r\n')}`,
    ],
    ['an interim answer of HTTP/1.0', `HTTP/1.0 103 Early Hints\r\n\r\n${ok('Content-Length: 0\r\n')}`],
    ['an interim answer with a bad field', 'HTTP/1.1 103 Early Hints\r\nA : b\r\n\r\n'],
    ['too many fields', ok('A: b\r\n'.repeat(1001))],
    ...(
      [
        ['no size', '\r\n'],
        ['a size with a sign', '+1\r\nx\r\n'],
        ['a size with a prefix', '0x1\r\nx\r\n'],
        ['a size with a space before', ' 1\r\nx\r\n'],
        ['a size with a space behind', '1 \r\nx\r\n'],
        ['a size that is no number', 'g\r\n'],
        ['a size beyond 2^53', '20000000000000\r\n'],
        ['a size ended by LF', '1\nx\r\n'],
        ['a size ended by CR', '1\rx\r\n\r\n'],
        ['content ended by LF', '1\r\nx\n0\r\n\r\n'],
        ['content ended by CR', '1\r\nx\r0\r\n\r\n'],
        ['content longer than its size', '1\r\nxy\r\n'],
        ['an extension with a control character', '1;a\x00\r\nx\r\n'],
        ['an extension with a bare CR', '1;a\rb\r\nx\r\n'],
        ['an extension with an open quote', '1;a="b\r\nx\r\n'],
        ['an endless extension', `1;${'a'.repeat(1100)}\r\n`],
        ['endless extensions', `1;${'a'.repeat(1000)}\r\nx\r\n`.repeat(17)],
        ['a last chunk ended by LF', '0\n\r\n'],
        ['a trailer ended by LF', '0\r\n\n'],
        ['a trailer with a space before its colon', '0\r\nA : b\r\n\r\n'],
        ['a trailer that is folded', '0\r\nA: b\r\n c\r\n\r\n'],
        ['a trailer that is no field', '0\r\nGET / HTTP/1.1\r\n\r\n'],
      ] as const
    ).map(([name, body]): [string, string] => [`chunks: ${name}`, ok(CHUNKED, body)]),
  ])(
    '%s',
    (_, text) => {
      expect(readInEveryWay(text, GET)).toEqual({ body: '', error: 'http1_malformed' });
    },
    30_000,
  );

  it.each([
    ['an endless head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(65536)}`],
    ['a head just too long', ok(`X: ${'x'.repeat(65537 - 17 - 5 - 2)}\r\n`)],
    ['an endless trailer', ok(CHUNKED, `0\r\nX: ${'x'.repeat(16384)}`)],
    ['endless informational answers', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(2600)],
    ['endless trailers', ok(CHUNKED, `0\r\n${'X: 12345678\r\n'.repeat(1300)}\r\n`)],
  ])('%s', (_, text) => {
    const expected = { body: '', error: 'http1_head_too_large' };
    expect(read(text, GET, [])).toEqual(expected);
    expect(
      read(
        text,
        GET,
        [...text].map((__, at) => at),
      ),
    ).toEqual(expected);
    for (let at = 1; at < text.length; at += 997) expect(read(text, GET, [at])).toEqual(expected);
  });

  it('but not a head of just the size that may be', () => {
    const text = ok(`Content-Length: 0\r\nX: ${'x'.repeat(65536 - 17 - 19 - 5 - 2)}\r\n`);
    expect(text.length).toBe(65536);
    expect(read(text, GET, [])).toMatchObject({ status: 200, end: 65536 });
    expect(
      read(
        text,
        GET,
        [...text].map((_, at) => at),
      ),
    ).toMatchObject({ status: 200, end: 65536 });
  });
});
