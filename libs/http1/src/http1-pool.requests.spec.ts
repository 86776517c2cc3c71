import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Http1RequestError } from './http1-error.js';
import { Http1Pool } from './http1-pool.js';
import { ask, Listener, request } from './testing/ask.js';
import { onRequests, RawOrigins } from './testing/raw-origins.js';

const origins = new RawOrigins();
afterEach(() => origins.close());

function poolOf(url: string): Http1Pool {
  const pool = new Http1Pool(url);
  origins.closing(() => pool.destroy());
  return pool;
}

/** An origin that says what it was sent. */
const echoing = (): Promise<string> =>
  origins.listening(
    createServer(async (req, res) => {
      const body = Buffer.concat((await req.toArray()) as Buffer[]);
      res.end(
        JSON.stringify({
          method: req.method,
          url: req.url,
          headers: req.rawHeaders,
          length: body.length,
          sha: createHash('sha1').update(body).digest('hex'),
        }),
      );
    }),
  );

const shaOf = (body: Buffer): string => createHash('sha1').update(body).digest('hex');
const big = Buffer.alloc(5 * 2 ** 20, 'abcdefghijk');
const pieces = (): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < big.length; at += 100_003) yield big.subarray(at, at + 100_003);
    })(),
  );

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe('a request', () => {
  it.each<[string, Buffer | readonly Buffer[] | (() => Readable), string[], Buffer]>([
    ['a small body of any bytes', [everyByte], [], everyByte],
    ['a body in pieces', [everyByte, big, everyByte], [], Buffer.concat([everyByte, big, everyByte])],
    ['a small body', Buffer.from('{"a":1}'), [], Buffer.from('{"a":1}')],
    ['an empty body', Buffer.alloc(0), [], Buffer.alloc(0)],
    ['a big body', big, [], big],
    ['a stream', pieces, ['Content-Length', String(big.length)], big],
    ['a stream of unknown length', pieces, [], big],
    ['a stream of text', () => Readable.from(['caf\u00e9', '', '!']), [], Buffer.from('caf\u00e9!')],
    ['an empty stream', () => Readable.from([]), [], Buffer.alloc(0)],
    ['an empty stream of known length', () => Readable.from([]), ['Content-Length', '0'], Buffer.alloc(0)],
  ])('arrives with %s, and its connection goes on', async (_, body, headers, expected) => {
    const pool = poolOf(await echoing());
    for (let i = 0; i < 2; i++) {
      const heard = await ask(pool, {
        method: 'POST',
        path: '/up?x',
        headers: ['Host', 'app', ...headers],
        body: typeof body === 'function' ? body() : body,
      });
      expect(heard).toMatchObject({ end: 'end', status: 200 });
      expect(JSON.parse(heard.body)).toMatchObject({
        method: 'POST',
        url: '/up?x',
        length: expected.length,
        sha: shaOf(expected),
      });
    }
    expect(pool.stats).toEqual({ connections: 1, idle: 1 });
  });

  it('arrives as it was given, name by name', async () => {
    const headers = ['HOST', 'App', 'X-a', '1', 'x-A', 'caf\xe9', 'Cookie', ''];
    const { body } = await ask(poolOf(await echoing()), { headers });
    expect((JSON.parse(Buffer.from(body, 'latin1').toString()) as { headers: string[] }).headers).toEqual(headers);
  });

  it('that is none is not sent, and the handler hears nothing', async () => {
    let connections = 0;
    const pool = poolOf(await origins.raw(() => (connections += 1)));
    const listener = new Listener();
    expect(() => pool.dispatch(request({ headers: ['Host', 'app', 'X', 'a\r\nEvil: b'] }), listener)).toThrow(
      Http1RequestError,
    );
    expect(listener.controller).toBeUndefined();
    expect([connections, pool.stats.connections]).toEqual([0, 0]);
  });

  it.each<[string, () => Readable, string[], RegExp]>([
    ['is longer than it says', () => Readable.from(['abc', 'def']), ['Content-Length', '4'], /longer/],
    ['is shorter than it says', () => Readable.from(['abc']), ['Content-Length', '4'], /shorter/],
    [
      'fails',
      () =>
        new Readable({
          read() {
            this.push('abc');
            this.destroy(new Error('disk'));
          },
        }),
      [],
      /reading it failed/,
    ],
    ['was destroyed before', () => new PassThrough().destroy(), [], /reading it failed/],
    [
      'is destroyed',
      () => {
        const body = new PassThrough();
        body.write('abc');
        setImmediate(() => body.destroy());
        return body;
      },
      ['Content-Length', '9'],
      /reading it failed/,
    ],
  ])('whose body %s breaks its connection, and never ends as if whole', async (_, body, headers, what) => {
    const seen = Promise.withResolvers<string>();
    const url = await origins.raw((socket) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk)).once('close', () => seen.resolve(text));
    });
    const pool = poolOf(url);
    const heard = await ask(pool, { method: 'POST', headers: ['Host', 'app', ...headers], body: body() });
    expect(heard).toMatchObject({
      end: 'error',
      code: 'http1_body_failed',
      wasSent: true,
      error: { message: expect.stringMatching(what) },
    });
    expect((await seen.promise).split('\r\n\r\n').slice(1).join()).not.toMatch(/def|0$/);
    expect(pool.stats.connections).toBe(0);
  });

  it('is answered early: the answer is passed on, the rest is not sent, and the connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    const url = await origins.raw((socket) =>
      socket
        .once('close', () => closed.resolve())
        .once(
          'data',
          () => (
            socket.pause(),
            socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig', () => socket.resume())
          ),
        ),
    );
    const body = new PassThrough();
    body.write('abc');
    const pool = poolOf(url);
    expect(await ask(pool, { method: 'POST', body })).toMatchObject({ end: 'end', status: 413, body: 'big' });
    expect(pool.stats.connections).toBe(0);
    await closed.promise;
    expect([
      body.destroyed,
      body.listenerCount('data'),
      body.listenerCount('end'),
      body.listenerCount('error'),
    ]).toEqual([false, 0, 0, 0]);
  });

  it('is answered while it goes on, in both directions at once', async () => {
    const url = await origins.raw((socket) => {
      let isHead = true;
      socket.on('data', (chunk: Buffer) => {
        if (isHead) socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        isHead = false;
        if (chunk.includes('ping')) socket.write('4\r\npong\r\n');
        if (chunk.includes('0\r\n\r\n')) socket.write('0\r\n\r\n');
      });
    });
    const body = new PassThrough();
    let pongs = 0;
    const listener = new Listener(() => void (++pongs < 3 ? body.write('ping') : body.end()));
    const pool = poolOf(url);
    pool.dispatch(request({ method: 'POST', body }), listener);
    body.write('ping');
    expect(await listener.over).toMatchObject({ end: 'end', body: 'pongpongpong' });
    expect(pool.stats).toEqual({ connections: 1, idle: 1 });
  });

  it('waits with its body for an origin that does not take it, for so long', async () => {
    let pulled = 0;
    const body = new Readable({
      highWaterMark: 64 * 1024,
      read() {
        pulled += 64 * 1024;
        this.push(Buffer.alloc(64 * 1024));
      },
    });
    const pool = poolOf(await origins.raw((socket) => socket.pause()));
    expect(await ask(pool, { method: 'POST', body, headersTimeoutMs: 300 })).toMatchObject({
      code: 'http1_headers_timeout',
      wasSent: true,
    });
    expect(pulled).toBeLessThan(50 * 2 ** 20);
    body.destroy();
  });

  it('waits for its own body without end', async () => {
    const body = new PassThrough();
    const pool = poolOf(await echoing());
    const asked = ask(pool, { method: 'POST', body, headersTimeoutMs: 50 });
    body.write('a');
    setTimeout(() => body.end('b'), 400);
    expect(await asked).toMatchObject({ end: 'end', status: 200 });
  });

  it('met by a connection that closes says that it was sent', async () => {
    let socket!: Socket;
    const pool = poolOf(
      await origins.raw((accepted) =>
        onRequests((socket = accepted), (head) =>
          head.startsWith('GET /bye') ? socket.destroy() : socket.write('HTTP/1.1 204 No Content\r\n\r\n'),
        ),
      ),
    );
    await ask(pool);
    expect(await ask(pool, { path: '/bye' })).toMatchObject({ end: 'error', code: 'http1_closed', wasSent: true });
  });
});

describe('a handshake', () => {
  const AGREED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  it.each([
    ['', 'with nothing'],
    ['\x81\x02hi', 'with its first message'],
  ])('hands over the socket, %#', async (first) => {
    const heads: string[] = [];
    const url = await origins.raw((socket) =>
      socket.once('data', (head: Buffer) => {
        heads.push(head.toString('latin1'));
        socket.write(`${AGREED}${first}`, 'latin1');
        socket.on('data', (chunk) => socket.write(chunk));
      }),
    );
    const pool = poolOf(url);
    const { end, status, headers, socket, head } = await ask(pool, {
      upgrade: 'websocket',
      headers: ['Host', 'app', 'Sec-WebSocket-Key', 'x'],
    });
    expect({ end, status, headers, head }).toEqual({
      end: 'upgrade',
      status: 101,
      headers: ['Connection', 'Upgrade', 'Upgrade', 'websocket'],
      head: first,
    });
    expect(heads).toEqual([
      'GET / HTTP/1.1\r\nHost: app\r\nSec-WebSocket-Key: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ]);
    expect(pool.stats.connections).toBe(0);
    if (!socket) throw new Error('no socket');
    // one is Node's own
    expect(['data', 'end', 'error', 'close'].map((event) => socket.listenerCount(event))).toEqual([0, 1, 0, 0]);
    socket.write('to and fro');
    socket.resume();
    expect(String((await once(socket, 'data'))[0])).toBe('to and fro');
    await pool.destroy();
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  it('loses nothing between the handshake and the first look', async () => {
    const url = await origins.raw((socket) =>
      socket.once('data', () => (socket.write(`${AGREED}a`), setTimeout(() => socket.end('bc'), 20))),
    );
    const { socket, head } = await ask(poolOf(url), { upgrade: 'websocket' });
    await vi.waitFor(() => expect((socket as Socket).readableLength).toBe(2));
    const rest = await (socket as Socket).toArray();
    expect(head + rest.join('')).toBe('abc');
  });

  it('may be declined, like any request', async () => {
    const pool = poolOf(await origins.answering(() => 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'));
    expect(await ask(pool, { upgrade: 'websocket' })).toMatchObject({ end: 'end', status: 403, body: 'no' });
  });

  it('never takes a connection that others use', async () => {
    let connections = 0;
    const url = await origins.raw(
      (socket) => (
        (connections += 1),
        onRequests(socket, (head) =>
          socket.write(head.includes('Upgrade') ? AGREED : 'HTTP/1.1 204 No Content\r\n\r\n'),
        )
      ),
    );
    const pool = poolOf(url);
    await ask(pool);
    (await ask(pool, { upgrade: 'websocket' })).socket?.destroy();
    expect(connections).toBe(2);
    expect(pool.stats).toEqual({ connections: 1, idle: 1 });
  });
});
