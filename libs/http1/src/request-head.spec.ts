import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Http1RequestError } from './http1-error.js';
import type { Http1Request } from './http1-exchange.port.js';
import { requestHead } from './request-head.js';
import { request } from './testing/ask.js';

const stream = (): Readable => Readable.from([]);

describe('the head of a request', () => {
  it.each<[string, Partial<Http1Request>, string, number | 'chunked']>([
    [
      'as it was given',
      { path: '/a?b=%20', headers: ['host', 'App', 'X-\x41', 'caf\xe9\t;'] },
      'GET /a?b=%20 HTTP/1.1\r\nhost: App\r\nX-A: caf\xe9\t;\r\n\r\n',
      0,
    ],
    ['with the Host of the origin', { headers: [] }, 'GET / HTTP/1.1\r\nHost: origin:81\r\n\r\n', 0],
    [
      'with the length of a body',
      { method: 'POST', body: Buffer.from('\xfc') },
      'POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 2\r\n\r\n',
      2,
    ],
    [
      'with the length that was given',
      { method: 'POST', headers: ['Host', 'app', 'content-length', '1'], body: Buffer.from('x') },
      'POST / HTTP/1.1\r\nHost: app\r\ncontent-length: 1\r\n\r\n',
      1,
    ],
    [
      'with no content, said where it may be missed',
      { method: 'PUT' },
      'PUT / HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n',
      0,
    ],
    [
      'with no content, where it was said',
      { headers: ['Host', 'app', 'Content-Length', '0'] },
      'GET / HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n',
      0,
    ],
    [
      'with a stream',
      { method: 'POST', body: stream() },
      'POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n',
      'chunked',
    ],
    [
      'with a stream of known length',
      { method: 'POST', headers: ['Host', 'app', 'Content-Length', '7'], body: stream() },
      'POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 7\r\n\r\n',
      7,
    ],
    [
      'with an upgrade to another protocol',
      { upgrade: 'websocket' },
      'GET / HTTP/1.1\r\nHost: app\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      0,
    ],
  ])('%s', (_, over, text, streamLength) => {
    expect(requestHead(request(over), 'origin:81')).toEqual({ text, streamLength, isBound: false });
  });

  const field = (name: string, value: string): Partial<Http1Request> => ({ headers: ['Host', 'app', name, value] });
  it.each<[string, Partial<Http1Request>]>([
    ...['\r\nX: y', '\nX: y', '\rX', '\0', '\x7f', '\x1b', '\u0100', '\u010a', '\u560a'].flatMap(
      (evil): [string, Partial<Http1Request>][] => [
        [`${JSON.stringify(evil)} in a value`, field('A', `x${evil}`)],
        [`${JSON.stringify(evil)} in a name`, field(`A${evil}`, 'x')],
        [`${JSON.stringify(evil)} in the path`, { path: `/x${evil}` }],
        [`${JSON.stringify(evil)} in the method`, { method: `GET${evil}` }],
        [`${JSON.stringify(evil)} in Host`, { headers: ['Host', `app${evil}`] }],
      ],
    ),
    ['a whole request in a value', field('A', 'x\r\n\r\nGET /evil HTTP/1.1\r\nHost: app')],
    ['a whole request in the path', { path: '/ HTTP/1.1\r\nHost: app\r\n\r\nGET /evil' }],
    ['a space in the path', { path: '/a b' }],
    ['no path', { path: '' }],
    ['no method', { method: '' }],
    ['no name', field('', 'x')],
    ['a name with a colon', field('A:', 'x')],
    ['a name with a space', field('A ', 'x')],
    ['a name without a value', { headers: ['Host'] }],
    ['two Hosts', field('host', 'other')],
    ['two lengths', { headers: ['Content-Length', '0', 'content-length', '0'] }],
    ['a length that is no number', field('Content-Length', '0x0')],
    ['a length without a body', field('Content-Length', '5')],
    ['a length that is not the body', { ...field('Content-Length', '5'), body: Buffer.from('four') }],
    ['chunks', field('Transfer-Encoding', 'chunked')],
    ['Connection', field('Connection', 'x')],
    ['Keep-Alive', field('keep-alive', 'timeout=5')],
    ['Upgrade', field('UPGRADE', 'h2c')],
    ['Expect', field('Expect', '100-continue')],
    ['an upgrade to another protocol with a body', { upgrade: 'websocket', body: Buffer.from('x') }],
  ])('is refused with %s', (_, over) => {
    expect(() => requestHead(request(over), 'origin')).toThrow(Http1RequestError);
  });
});
