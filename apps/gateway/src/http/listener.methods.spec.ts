import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectHttp2, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RequestHandler } from './listener-options.js';
import { LocalListeners, exchange } from './testing/local-listeners.js';
import { makeSelfSignedPair, type TlsPair } from './tls-pair.js';

const local = new LocalListeners();
let tls: TlsPair;
beforeAll(async () => void (tls = await makeSelfSignedPair('127.0.0.1')));
afterEach(() => local.close());

/** Says what reached it. */
const say: RequestHandler = (request, response) =>
  void response.end(
    `${request.method} ${request.url} ${request.headers['max-forwards']} ${request.rawHeaders.join('|')}`,
  );
const http1 = (port: number, line: string, ...fields: string[]) =>
  exchange(
    port,
    `${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`,
  );

async function http2(url: string, head: OutgoingHttpHeaders) {
  const session = connectHttp2(url, { ca: tls.cert }).on('error', () => {});
  try {
    const stream = session.request(head);
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    return { status: answer[':status'], allow: answer.allow, text: (await stream.toArray()).join('') };
  } finally {
    session.destroy();
  }
}

describe('answers by itself, on every route, in HTTP/1.1 and in HTTP/2', () => {
  const reached = vi.fn();
  it.each(['/', '/v1/models', '/slipstream/v1/users'])('TRACE %s', async (path) => {
    const [plain, secure] = [await local.start(reached), await local.start(reached, { tls })];
    expect(await http1(plain.port, `TRACE ${path}`, 'Max-Forwards: 0', 'Cookie: secret')).toMatch(
      /^HTTP\/1\.1 405 [^]*allow: GET, [^]*"code":"method_not_allowed"(?![^]*secret)/i,
    );
    expect(await http2(secure.url, { ':method': 'TRACE', ':path': path, cookie: 'secret' })).toMatchObject({
      status: 405,
      allow: expect.stringContaining('GET'),
    });
    await vi.waitFor(() =>
      expect([...plain.observed, ...secure.observed].map(({ status }) => status)).toEqual([405, 405]),
    );
    expect(reached).not.toHaveBeenCalled();
  });

  it.each(['/', '/v1/models', '*'])('OPTIONS %s that may be forwarded no more', async (path) => {
    const [plain, secure] = [await local.start(reached), await local.start(reached, { tls })];
    expect(await http1(plain.port, `OPTIONS ${path}`, 'Max-Forwards: 0')).toMatch(/^HTTP\/1\.1 204 [^]*allow: GET, /i);
    expect(await http2(secure.url, { ':method': 'OPTIONS', ':path': path, 'max-forwards': '0' })).toMatchObject({
      status: 204,
      allow: expect.stringContaining('GET'),
    });
    expect(reached).not.toHaveBeenCalled();
  });

  it.each(['/a#b', '/#', 'http://a/#b', '/v1/models#'])('a target with a fragment: %s', async (path) => {
    const [plain, secure] = [await local.start(reached), await local.start(reached, { tls })];
    expect(await http1(plain.port, `GET ${path}`)).toMatch(/^HTTP\/1\.1 400 [^]*"code":"invalid_target"/);
    // One that is not the origin form ends at nghttp2 already.
    if (path.startsWith('/'))
      expect(await http2(secure.url, { ':path': path })).toMatchObject({
        status: 400,
        text: expect.stringContaining('invalid_target'),
      });
    expect(reached).not.toHaveBeenCalled();
  });

  it.each(['FOO', 'get', 'GET/', 'X-Y'])('the method %s, which HTTP/1.1 can not tell from garbage', async (method) => {
    const [plain, secure] = [await local.start(reached), await local.start(reached, { tls })];
    expect(await http1(plain.port, `${method} /`)).toMatch(/^HTTP\/1\.1 400 [^]*"code":"malformed_request"/);
    if (method !== 'GET/')
      expect(await http2(secure.url, { ':method': method })).toMatchObject({
        status: 501,
        text: expect.stringContaining('method_unknown'),
      });
    expect(reached).not.toHaveBeenCalled();
  });
});

it('counts down an OPTIONS request that goes on, and leaves other methods their Max-Forwards', async () => {
  const { port } = await local.start(say);
  expect(await http1(port, 'OPTIONS /', 'Max-Forwards: 5')).toMatch(/OPTIONS \/ 4 .*Max-Forwards\|4/);
  expect(await http1(port, 'OPTIONS /', 'Max-Forwards: many')).toMatch(/OPTIONS \/ many /);
  expect(await http1(port, 'GET /', 'Max-Forwards: 0')).toMatch(/GET \/ 0 /);
});

it.each(['PROPFIND', 'PURGE', 'QUERY'])('passes %s on, which the application may know', async (method) => {
  const { port } = await local.start(say);
  expect(await http1(port, `${method} /`)).toMatch(new RegExp(`^HTTP/1\\.1 200 [^]*${method} /`));
});

describe('a client that ends its side of the connection has left', () => {
  it.each([
    ['plain', false],
    ['TLS', true],
  ])('before it was answered, over %s', async (_, isTls) => {
    const left = Promise.withResolvers<void>();
    const { port, observed, inFlight } = await local.start(
      (_request, response) => void response.once('close', left.resolve),
      isTls ? { tls } : {},
    );
    const socket: Socket = isTls ? connectTls({ port, host: '127.0.0.1', ca: tls.cert }) : connect(port, '127.0.0.1');
    socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await socket.toArray()).join('')).toBe('');
    await left.promise;
    await vi.waitFor(() => expect(inFlight()).toBe(0));
    expect(observed.map(({ status }) => status)).toEqual([499]);
  });

  it('within its content, and within the answer', async () => {
    const heard = Promise.withResolvers<void>();
    const { port, observed, inFlight } = await local.start((request, response) => {
      request.on('error', () => {}).resume();
      response.write('half');
      response.once('close', heard.resolve);
    });
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf'),
    );
    await once(socket, 'data');
    socket.end();
    await heard.promise;
    await vi.waitFor(() => expect(inFlight()).toBe(0));
    expect(observed).toHaveLength(1);
  });
});
