import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

const textOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();
const POST = { method: 'POST', body: 'x' };
/** What a client that speaks bytes is answered. */
async function sayRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  return (await socket.setEncoding('latin1').toArray()).join('');
}

describe('a request', () => {
  it('goes through with path, query, method and body, and comes back with status, headers and body', async () => {
    const url = await local.http(async (req, res) => {
      const body = (await req.toArray()).join('');
      res
        .writeHead(201, { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] })
        .end(`${req.method} ${req.url} ${body} ${req.headers['x-request-id']}`);
    });
    const response = await fetch(`${(await local.gateway([url])).url}/a/b?c=%2F`, { method: 'POST', body: 'hello' });
    expect([response.status, response.headers.get('x-answer'), response.headers.getSetCookie()]).toEqual([
      201,
      'yes',
      ['a=1', 'b=2'],
    ]);
    expect(await response.text()).toBe('POST /a/b?c=%2F hello r1');
  });

  it.each(['//evil.example/x', 'http://evil.example/x', '/\\evil.example/x'])(
    "to %s can't name another host",
    async (target) => {
      const url = await local.http((req, res) => res.end(`backend saw ${req.url}`));
      const answer = await sayRaw(
        (await local.gateway([url])).port,
        `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/backend saw \/\S*x/);
    },
  );

  it("that no backend may be sent is the client's fault, and no backend's", async () => {
    const { port, balancer } = await local.gateway([await local.http((_, res) => res.end())]);
    expect(await sayRaw(port, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n')).toContain(
      'request_not_forwardable',
    );
    expect(balancer.backends()[0]).toMatchObject({ state: 'unproven', own: { requests: 0, sessions: 0 } });
  });

  it('uploads no faster than the backend reads', async () => {
    const arrived = Promise.withResolvers<IncomingMessage>();
    const url = await local.http((req, res) => {
      arrived.resolve(req);
      req.once('end', () => res.end('thanks'));
    });
    const chunk = Buffer.alloc(64 * 1024);
    const total = 1000; // 64 MB, more than sockets buffer
    let produced = 0;
    function* chunks() {
      for (; produced < total; produced++) yield chunk;
    }
    const uploading = httpRequest((await local.gateway([url])).url, { method: 'POST' });
    const answer = once(uploading, 'response') as Promise<[IncomingMessage]>;
    Readable.from(chunks(), { objectMode: false }).pipe(uploading);
    const request = await arrived.promise;
    await vi.waitFor(() => expect(uploading.writableNeedDrain).toBe(true));
    expect(produced).toBeLessThan(total);
    let received = 0;
    for await (const piece of request.iterator({ destroyOnReturn: false })) received += (piece as Buffer).length;
    expect(received).toBe(total * chunk.length);
    expect((await (await answer)[0].toArray()).join('')).toBe('thanks');
  });

  it('that is answered before it has ended gets the answer', async () => {
    const url = await local.http((_, res) => res.writeHead(413, { connection: 'close' }).end('too large'));
    const uploading = httpRequest((await local.gateway([url])).url, { method: 'POST' }).on('error', () => {});
    uploading.write('the beginning');
    const [answer] = (await once(uploading, 'response')) as [IncomingMessage];
    expect([answer.statusCode, (await answer.toArray()).join('')]).toEqual([413, 'too large']);
    uploading.destroy();
  });

  it('that is answered before it has ended can be read to its end', async () => {
    const url = await local.http((_, res) => res.writeHead(413).end('too large'));
    const { handle } = await local.gateway([url]);
    const front = await local.http((req, res) => {
      res.once('finish', () => req.resume().once('end', () => req.socket.write('read to its end')));
      handle(req, res);
    });
    const length = 4 * 1024 * 1024; // more than sockets buffer
    const socket = connect(Number(new URL(front).port), '127.0.0.1').on('error', () => {});
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
    socket.write(Buffer.alloc(length));
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
    await vi.waitFor(() => expect(text).toMatch(/^HTTP\/1.1 413 [^]*too large[^]*read to its end$/));
    socket.destroy();
  });

  it('that has not ended when the backend breaks gets an answer, too', async () => {
    const url = await local.raw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const uploading = httpRequest((await local.gateway([url])).url, { method: 'POST' }).on('error', () => {});
    uploading.write('the beginning');
    const [answer] = (await once(uploading, 'response')) as [IncomingMessage];
    expect((await answer.toArray()).join('')).toBe('backend_unreachable');
    uploading.destroy();
  });

  it('whose client leaves within it ends at the backend', async () => {
    const broken = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const url = await local.http(
      (req) => void req.once('data', () => begun.resolve()).once('error', () => broken.resolve()),
    );
    const { url: gateway, balancer } = await local.gateway([url]);
    const uploading = httpRequest(gateway, { method: 'POST' }).on('error', () => {});
    uploading.write('the beginning');
    await begun.promise;
    uploading.destroy();
    await broken.promise;
    await vi.waitFor(() => expect(balancer.backends()[0]?.own.requests).toBe(0));
  });
});

describe('an answer', () => {
  it('of events reaches the client as they happen', async () => {
    const go = Promise.withResolvers<void>();
    const url = await local.http(async (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      await go.promise;
      res.end('data: 1\n\n');
    });
    const response = await fetch((await local.gateway([url])).url); // by its head alone
    go.resolve();
    expect(await response.text()).toBe('data: 1\n\n');
  });

  it.each([
    ['asked for by GET', { headers: { accept: 'text/event-stream' } }],
    ['asked for by POST, as Open WebUI does', POST],
  ])('of events may be silent for longer than any other, %s', async (_, init) => {
    const go = Promise.withResolvers<void>();
    const events = await local.http(async (req, res) => {
      req.resume();
      res.writeHead(200, { 'content-type': 'Text/Event-Stream; charset=utf-8' }).write('data: 1\n\n');
      await go.promise;
      res.end('data: 2\n\n');
    });
    const page = await local.http((_, res) => void res.writeHead(200, { 'content-type': 'text/html' }).write('half'));
    const idle = { idleTimeoutMs: 300 };
    const stream = await fetch((await local.gateway([events], idle)).url, init);
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('data: 1\n\n');
    // the same silence, and longer for having begun later
    await expect(textOf((await local.gateway([page], idle)).url)).rejects.toThrow();
    go.resolve();
    expect((await reader.read()).value).toBe('data: 2\n\n');
  });

  it("comes no faster than the client takes it, whose silence is not the backend's", async () => {
    const chunk = Buffer.alloc(64 * 1024);
    const total = 1000; // 64 MB, more than sockets buffer
    let produced = 0;
    const url = await local.http((_, res) => {
      function* chunks() {
        for (; produced < total; produced++) yield chunk;
      }
      Readable.from(chunks(), { objectMode: false }).pipe(res);
    });
    const page = await local.http((_, res) => void res.writeHead(200).write('half'));
    const { url: gateway } = await local.gateway([url], { idleTimeoutMs: 300 });
    const [answer] = (await once(httpRequest(gateway).end(), 'response')) as [IncomingMessage];
    // as long as that, nobody reads
    await expect(textOf((await local.gateway([page], { idleTimeoutMs: 300 })).url)).rejects.toThrow();
    expect(produced).toBeLessThan(total);
    let received = 0;
    for await (const piece of answer) received += (piece as Buffer).length;
    expect(received).toBe(total * chunk.length);
  });

  it('that breaks off never looks complete', async () => {
    const url = await local.raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')),
    );
    await expect(textOf((await local.gateway([url])).url)).rejects.toThrow();
    const chunked = await local.raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n')),
    );
    await expect(textOf((await local.gateway([chunked])).url)).rejects.toThrow();
  });

  it('keeps the length that HEAD asks for, and what 304 says', async () => {
    const url = await local.http((req, res) =>
      res
        .writeHead(req.method === 'HEAD' ? 200 : 304, req.method === 'HEAD' ? { 'content-length': 7 } : { etag: '"a"' })
        .end(),
    );
    const { url: gateway } = await local.gateway([url]);
    expect((await fetch(gateway, { method: 'HEAD' })).headers.get('content-length')).toBe('7');
    const notModified = await fetch(gateway);
    expect([notModified.status, notModified.headers.get('etag')]).toEqual([304, '"a"']);
  });

  it('is waited for through interim ones', async () => {
    const url = await local.raw((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole'),
      ),
    );
    expect(await textOf((await local.gateway([url])).url)).toBe('whole');
  });

  it("whose client leaves ends the backend's work, and gives its place back", async () => {
    const left = Promise.withResolvers<void>();
    const url = await local.http((_, res) => {
      res.write('beginning');
      res.once('close', left.resolve);
    });
    const { url: gateway, balancer } = await local.gateway([url]);
    const leaving = new AbortController();
    const response = await fetch(gateway, { signal: leaving.signal });
    await response.body!.getReader().read();
    expect(balancer.backends()[0]?.own.requests).toBe(1);
    leaving.abort();
    await left.promise;
    await vi.waitFor(() => expect(balancer.backends()[0]?.own.requests).toBe(0));
  });
});
