import { describe, expect, it } from 'vitest';
import type { ExpectedAnswer } from './response-parser.js';
import { GET, HEAD, ok, readInEveryWay, UPGRADE, type Read } from './testing/read-in-pieces.js';

describe('an answer', () => {
  it.each<[string, string, ExpectedAnswer, Partial<Read>]>([
    [
      'with a Content-Length',
      ok('Content-Length: 5\r\n', 'hello'),
      GET,
      { status: 200, headers: ['Content-Length', '5'], body: 'hello', isPersistent: true },
    ],
    ['without content', ok('Content-Length: 0\r\n'), GET, { body: '' }],
    [
      'in chunks',
      ok('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n006\r\n world\r\n0\r\n\r\n'),
      GET,
      { body: 'hello world', isPersistent: true },
    ],
    [
      'in chunks, with extensions and a trailer',
      ok('transfer-encoding: Chunked\r\n', '1;a=b;c="d;e\\"";f\r\nx\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n'),
      GET,
      { body: 'x0123456789' },
    ],
    ['to HEAD', ok('Content-Length: 5\r\n'), HEAD, { body: '', headers: ['Content-Length', '5'] }],
    ['to HEAD, in chunks', ok('Transfer-Encoding: chunked\r\n'), HEAD, { body: '' }],
    ['to HEAD, without a length', ok(''), HEAD, { body: '', headers: [] }],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', GET, { status: 204, body: '' }],
    [
      '304 with the length of what it does not send',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "x"\r\n\r\n',
      GET,
      { status: 304, body: '' },
    ],
    [
      'after interim ones',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${ok('Content-Length: 1\r\n', 'x')}`,
      GET,
      { status: 200, headers: ['Content-Length', '1'], body: 'x' },
    ],
    ['without a reason', 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n', GET, { status: 200 }],
    ['without a reason and its space', 'HTTP/1.1 999\r\nContent-Length: 0\r\n\r\n', GET, { status: 999 }],
    [
      'with text of Latin-1',
      'HTTP/1.1 200 Gr\xfc\xdfe\r\nX: caf\xe9 \xff\r\nContent-Length: 0\r\n\r\n',
      GET,
      { headers: ['X', 'caf\xe9 \xff', 'Content-Length', '0'] },
    ],
    [
      'with blanks around values',
      ok('A:\t  x \t y \t\r\nB:\r\nC: \r\ncontent-LENGTH:1\r\n', 'z'),
      GET,
      { headers: ['A', 'x \t y', 'B', '', 'C', '', 'content-LENGTH', '1'], body: 'z' },
    ],
    [
      'with repeated fields',
      ok('Set-Cookie: a\r\nset-cookie: b\r\nContent-Length: 0\r\n'),
      GET,
      { headers: ['Set-Cookie', 'a', 'set-cookie', 'b', 'Content-Length', '0'] },
    ],
    [
      'with unusual names',
      ok("!#$%&'*+-.^_`|~09aZ: 1\r\nContent-Length: 0\r\n"),
      GET,
      { headers: ["!#$%&'*+-.^_`|~09aZ", '1', 'Content-Length', '0'] },
    ],
    ['that closes', ok('Content-Length: 0\r\nConnection: close\r\n'), GET, { isPersistent: false }],
    [
      'that closes, among other options',
      ok('Content-Length: 0\r\nConnection: x , CLOSE\t, y\r\n'),
      GET,
      { isPersistent: false },
    ],
    [
      'that closes, in a second field',
      ok('Content-Length: 0\r\nConnection: x\r\nconnection: close\r\n'),
      GET,
      { isPersistent: false },
    ],
    [
      'that names something like close',
      ok('Content-Length: 0\r\nConnection: closed, not-close\r\n'),
      GET,
      { isPersistent: true },
    ],
    [
      'of HTTP/1.0',
      'HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx',
      GET,
      { body: 'x', isPersistent: false },
    ],
    [
      'that says how long it stays',
      ok('Content-Length: 0\r\nKeep-Alive: max=9, timeout=7\r\n'),
      GET,
      { keepAliveSeconds: 7 },
    ],
    [
      'that says so unreadably',
      ok('Content-Length: 0\r\nKeep-Alive: timeout=x\r\n'),
      GET,
      { keepAliveSeconds: Infinity },
    ],
  ])('%s', (_, text, asked, expected) => {
    expect(readInEveryWay(text, asked)).toMatchObject({ ...expected, end: text.length });
  });

  it('without a length ends with the connection', () => {
    const text = ok('X: 1\r\n', 'as long as it lasts');
    expect(readInEveryWay(text, GET)).not.toHaveProperty('end');
    expect(readInEveryWay(text, GET, true)).toMatchObject({ body: 'as long as it lasts', end: text.length });
  });

  it.each([
    [ok('Content-Length: 2\r\n', 'ok'), 'HTTP/1.1 200 OK\r\n'],
    [ok('Transfer-Encoding: chunked\r\n', '0\r\n\r\n'), '\r\n'],
    ['HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', '0\r\n\r\n'],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 'hello'],
  ])('says where it ended when more follows', (text, more) => {
    expect(readInEveryWay(text + more, GET).end).toBe(text.length);
  });

  it('switches protocols if asked, and says where HTTP ended', () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(readInEveryWay(`${head}\x81\x00`, UPGRADE)).toMatchObject({
      status: 101,
      isSwitched: true,
      end: head.length,
      body: '',
    });
  });

  it('with content of every byte', () => {
    const all = String.fromCharCode(...Array(256).keys());
    expect(readInEveryWay(ok('Content-Length: 256\r\n', all), GET).body).toBe(all);
    expect(readInEveryWay(ok('Transfer-Encoding: chunked\r\n', `100\r\n${all}\r\n0\r\n\r\n`), GET).body).toBe(all);
  });
});
