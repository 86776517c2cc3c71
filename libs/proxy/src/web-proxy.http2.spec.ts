import { once } from 'node:events';
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  await local.close();
});

function sessionTo(url: string): ClientHttp2Session {
  const session = connect(url).on('error', () => {});
  sessions.push(session);
  return session;
}

async function answerOf(stream: ClientHttp2Stream) {
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  const body = (await stream.toArray()).join('');
  return { status: headers[':status'], headers, body };
}

const ask = (url: string, headers: OutgoingHttpHeaders = {}, body?: string) =>
  answerOf(
    sessionTo(url)
      .request({ ':path': '/a?b=1', ...headers })
      .end(body),
  );

const told = (): Promise<string> =>
  local.http(async (req, res) => {
    const body = (await req.toArray()).join('');
    res.setHeader('content-type', 'application/json');
    res.end(
      JSON.stringify({
        method: req.method,
        url: req.url,
        headers: req.headers,
        names: req.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()),
        body,
      }),
    );
  });

describe('a request over HTTP/2', () => {
  it('reaches the backend as one of HTTP/1.1', async () => {
    const { url } = await local.gateway2([await told()]);
    const { status, body } = await ask(url, {
      ':authority': 'chat.example',
      cookie: ['a=1', 'b=2'],
      'x-forwarded-for': '1.2.3.4',
    });
    const seen = JSON.parse(body) as { headers: Record<string, string>; names: string[] };
    expect(status).toBe(200);
    expect(seen).toMatchObject({
      method: 'GET',
      url: '/a?b=1',
      headers: {
        host: 'chat.example',
        cookie: 'a=1; b=2',
        via: expect.stringMatching(/^2\.0 slipstream-\w+$/) as string,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': 'chat.example',
      },
    });
    expect(seen.names.filter((name) => name.startsWith(':') || name === 'transfer-encoding')).toEqual([]);
    expect(seen.names.filter((name) => name === 'host' || name === 'cookie')).toHaveLength(2);
  });

  it.each([
    ['with a length', { 'content-length': '5' }],
    ['without', {}],
  ])('brings its body %s', async (_, headers) => {
    const { url } = await local.gateway2([await told()]);
    expect(JSON.parse((await ask(url, { ':method': 'POST', ...headers }, 'hello')).body)).toMatchObject({
      method: 'POST',
      body: 'hello',
    });
  });

  it('uploads no faster than the backend reads, and loses nothing', async () => {
    const go = Promise.withResolvers<void>();
    const url = await local.http(async (req, res) => {
      await go.promise;
      let size = 0;
      for await (const chunk of req) size += (chunk as Buffer).length;
      res.end(String(size));
    });
    const stream = sessionTo((await local.gateway2([url])).url).request({ ':method': 'POST' });
    const [chunk, total] = [Buffer.alloc(64 * 1024), 800]; // 50 MiB, more than sockets buffer
    let produced = 0;
    function* chunks() {
      for (; produced < total; produced++) yield chunk;
    }
    Readable.from(chunks(), { objectMode: false }).pipe(stream);
    await vi.waitFor(() => expect(stream.writableNeedDrain).toBe(true));
    expect(produced).toBeLessThan(total);
    go.resolve();
    expect((await answerOf(stream)).body).toBe(String(total * chunk.length));
  });

  it.each(['GET', 'HEAD', 'POST'])(
    "by %s that its client resets before an answer ends the backend's work",
    async (method) => {
      const asked = Promise.withResolvers<IncomingMessage>();
      const { url, balancer } = await local.gateway2([await local.http((req) => asked.resolve(req))]);
      const stream = sessionTo(url)
        .request({ ':method': method })
        .on('error', () => {})
        .end();
      const left = once((await asked.promise).socket, 'close');
      stream.close(constants.NGHTTP2_CANCEL);
      await left;
      await vi.waitFor(() => expect(balancer.backends()[0]?.own.requests).toBe(0));
    },
  );

  it("that its client resets ends the backend's work", async () => {
    const asked = Promise.withResolvers<IncomingMessage>();
    const url = await local.http((req, res) => {
      res.write('beginning');
      asked.resolve(req);
    });
    const { url: gateway, balancer } = await local.gateway2([url]);
    const stream = sessionTo(gateway).request();
    const left = once((await asked.promise).socket, 'close');
    await once(stream, 'response');
    stream.close(constants.NGHTTP2_CANCEL);
    await left;
    await vi.waitFor(() => expect(balancer.backends()[0]?.own.requests).toBe(0));
  });
});

describe('an answer over HTTP/2', () => {
  it.each([
    ['a status', '999 Odd\r\nContent-Length: 2'],
    ['a field', '200 OK\r\nHTTP2-Settings: x\r\nContent-Length: 2'],
  ])('with %s that HTTP/2 has not is told as none, on a connection that goes on', async (_, head) => {
    const { url } = await local.gateway2([
      await local.raw((socket) => socket.on('data', () => socket.write(`HTTP/1.1 ${head}\r\n\r\nok`))),
    ]);
    const session = sessionTo(url);
    for (let times = 0; times < 2; times++)
      expect(await answerOf(session.request())).toMatchObject({ status: 599, body: 'backend_bad_answer' });
  });

  it.each([204, 205])('of %d has no length, whatever the backend says', async (status) => {
    const { url } = await local.gateway2([
      await local.raw((socket) =>
        socket.on('data', () => socket.write(`HTTP/1.1 ${status} None\r\nContent-Length: 2\r\n\r\n`)),
      ),
    ]);
    const { headers } = await ask(url);
    expect(headers).toMatchObject({ ':status': status });
    expect(headers).not.toHaveProperty('content-length');
  });

  it('keeps what is repeated, and has nothing that means one connection', async () => {
    const url = await local.http((_, res) =>
      res
        .writeHead(200, [
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'Keep-Alive',
          'timeout=9',
          'X-Hop',
          '1',
          'Connection',
          'X-Hop',
          'Link',
          '</a>',
          'Link',
          '</b>',
        ])
        .end('x'),
    );
    const { headers } = await ask((await local.gateway2([url])).url);
    expect(headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], link: '</a>, </b>' });
    for (const name of ['connection', 'keep-alive', 'x-hop', 'transfer-encoding'])
      expect(headers).not.toHaveProperty(name);
  });

  it.each([
    ['HEAD', 200, { 'content-length': '7' }],
    ['GET', 204, {}],
    ['GET', 304, { etag: '"a"' }],
  ])('to %s with %i has no body', async (method, status, headers) => {
    const url = await local.http((_, res) => res.writeHead(status, headers).end());
    expect(await ask((await local.gateway2([url])).url, { ':method': method })).toMatchObject({
      status,
      headers,
      body: '',
    });
  });

  it('of events comes one by one', async () => {
    const go = Promise.withResolvers<void>();
    const url = await local.http(async (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      await go.promise;
      res.end('data: 2\n\n');
    });
    const stream = sessionTo((await local.gateway2([url])).url).request();
    expect(String((await once(stream, 'data'))[0])).toBe('data: 1\n\n');
    go.resolve();
    expect(String((await once(stream, 'data'))[0])).toBe('data: 2\n\n');
    await once(stream, 'end');
  });

  it('comes no faster than the client takes it, and whole', async () => {
    const [chunk, total] = [Buffer.alloc(64 * 1024), 800];
    let produced = 0;
    function* chunks() {
      for (; produced < total; produced++) yield chunk;
    }
    const paused = Promise.withResolvers<void>();
    const url = await local.http((_, res) => {
      const body = Readable.from(chunks(), { objectMode: false });
      body.once('pause', () => paused.resolve());
      body.pipe(res);
    });
    const stream = sessionTo((await local.gateway2([url])).url).request();
    await once(stream, 'response');
    await paused.promise;
    expect(produced).toBeLessThan(total);
    let received = 0;
    for await (const piece of stream) received += (piece as Buffer).length;
    expect(received).toBe(total * chunk.length);
  });

  it.each([
    ['a length', 'Content-Length: 100\r\n\r\nhalf'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('that breaks off, by %s, is reset and never ended', async (_, rest) => {
    const url = await local.raw((socket) => socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`)));
    const stream = sessionTo((await local.gateway2([url])).url).request();
    let ended = false;
    stream.on('end', () => (ended = true)).resume();
    await expect(once(stream, 'close')).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
    expect([stream.rstCode, ended]).toEqual([constants.NGHTTP2_INTERNAL_ERROR, false]);
  });

  it('that is a refusal is told as such', async () => {
    expect(await ask((await local.gateway2([await local.nobody()])).url)).toMatchObject({
      status: 599,
      body: 'backend_unreachable',
    });
  });
});

it("a broken answer to HTTP/1.0, whose end is the connection's, is reset", async () => {
  const backend = await local.raw((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n')),
  );
  const { port } = await local.gateway([backend]);
  const socket = connectTcp(port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\nHost: a\r\n\r\n'));
  socket.resume();
  await expect(once(socket, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
});
