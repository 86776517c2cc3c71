import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { Http1Pool, type Http1PoolOptions } from './http1-pool.js';
import { ask, Listener, request } from './testing/ask.js';
import { onRequests, RawOrigins } from './testing/raw-origins.js';
import { selfSigned } from './testing/self-signed.js';

const origins = new RawOrigins();
afterEach(() => origins.close());

function poolOf(url: string, options?: Http1PoolOptions): Http1Pool {
  const pool = new Http1Pool(url, options);
  origins.closing(() => pool.destroy());
  return pool;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const answering = (): Promise<string> => origins.answering(() => OK);

describe('making a connection', () => {
  it('fails where nobody listens, before anything is sent', async () => {
    expect(await ask(poolOf(await origins.nobody()))).toMatchObject({
      end: 'error',
      code: 'http1_connect_failed',
      wasSent: false,
      error: { cause: { code: 'ECONNREFUSED' } },
    });
  });

  it('fails where the name is unknown', async () => {
    expect(await ask(poolOf('http://nowhere.invalid'))).toMatchObject({ code: 'http1_connect_failed', wasSent: false });
  });

  it('fails when it takes too long', async () => {
    const url = await origins.raw(() => {}); // takes the connection, and never speaks TLS
    const pool = poolOf(url.replace('http:', 'https:'), { connectTimeoutMs: 50 });
    expect(await ask(pool)).toMatchObject({ end: 'error', code: 'http1_connect_timeout', wasSent: false });
    expect(pool.stats.connections).toBe(0);
  });

  it('may be broken off', async () => {
    const pool = poolOf((await origins.raw(() => {})).replace('http:', 'https:'));
    const listener = new Listener();
    pool.dispatch(request(), listener);
    listener.controller?.abort(new Error('enough'));
    expect(await listener.over).toMatchObject({ code: 'enough', wasSent: false });
    expect(pool.stats.connections).toBe(0);
  });

  it('may be broken off before it begins', async () => {
    let connections = 0;
    const pool = poolOf(
      await origins.raw((socket) => ((connections += 1), onRequests(socket, () => socket.write(OK)))),
    );
    const listener = new Listener();
    listener.onStart = (controller) => controller.abort();
    pool.dispatch(request(), listener);
    expect(await listener.over).toMatchObject({ code: 'http1_aborted', wasSent: false });
    await ask(pool);
    expect(connections).toBe(1);
  });

  it('finds an IPv6 address', async () => {
    const server = createTcpServer((socket) =>
      onRequests(
        socket.on('error', () => {}),
        (head) =>
          socket.write(`HTTP/1.1 200 OK\r\nX-Host: ${/^Host: (.*)\r$/m.exec(head)?.[1]}\r\nContent-Length: 0\r\n\r\n`),
      ),
    );
    const url = await origins.listening(server, '::1');
    expect(await ask(poolOf(url), { headers: [] })).toMatchObject({
      end: 'end',
      headers: ['X-Host', new URL(url).host, 'Content-Length', '0'],
    });
  });

  it('finds a name with addresses of both families', async () => {
    expect(await ask(poolOf((await answering()).replace('127.0.0.1', 'localhost')))).toMatchObject({ body: 'ok' });
  });

  it('refuses other protocols', () => {
    expect(() => new Http1Pool('ftp://x')).toThrow(TypeError);
  });
});

describe('TLS', () => {
  async function secure(): Promise<{ url: string; ca: string; names: unknown[]; connections: () => number }> {
    const { key, cert } = selfSigned;
    const names: unknown[] = [];
    let connections = 0;
    const server = createTlsServer({ key, cert }, (socket) => {
      connections += 1;
      names.push(socket.servername);
      onRequests(
        socket.on('error', () => {}),
        () => socket.write(OK),
      );
    });
    return {
      url: (await origins.listening(server)).replace('http:', 'https:'),
      ca: cert,
      names,
      connections: () => connections,
    };
  }

  it('is spoken to a certificate that is trusted, on connections used again', async () => {
    const { url, ca, names, connections } = await secure();
    const pool = poolOf(url, { tls: { ca } });
    for (let i = 0; i < 3; i++) expect(await ask(pool)).toMatchObject({ end: 'end', body: 'ok' });
    expect(connections()).toBe(1);
    expect(names).toEqual([false]); // an address is no server name
  });

  it('names the server that it wants', async () => {
    const { url, ca, names } = await secure();
    expect(await ask(poolOf(url.replace('127.0.0.1', 'localhost'), { tls: { ca } }))).toMatchObject({ body: 'ok' });
    expect(await ask(poolOf(url, { tls: { ca, servername: 'app.test' } }))).toMatchObject({ body: 'ok' });
    expect(names).toEqual(['localhost', 'app.test']);
  });

  it('is not spoken to a certificate that is not trusted, or of another name', async () => {
    const { url, ca } = await secure();
    expect(await ask(poolOf(url))).toMatchObject({
      code: 'http1_connect_failed',
      wasSent: false,
      error: { cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
    });
    expect(await ask(poolOf(url, { tls: { ca, servername: 'other.test' } }))).toMatchObject({
      code: 'http1_connect_failed',
      wasSent: false,
      error: { cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } },
    });
  });
});
