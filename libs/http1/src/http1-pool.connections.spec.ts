import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Http1Pool, type Http1PoolOptions } from './http1-pool.js';
import { ask, Listener, request } from './testing/ask.js';
import { onRequests, RawOrigins } from './testing/raw-origins.js';

const origins = new RawOrigins();
afterEach(() => origins.close());

function poolOf(url: string, options?: Http1PoolOptions): Http1Pool {
  const pool = new Http1Pool(url, options);
  origins.closing(() => pool.destroy());
  return pool;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** An origin that answers, and counts its connections. */
async function counting(answer: (head: string, socket: Socket) => string): Promise<{ url: string; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const url = await origins.raw((socket) => {
    sockets.push(socket);
    onRequests(socket, (head) => socket.write(answer(head, socket), 'latin1'));
  });
  return { url, sockets };
}

describe('a connection', () => {
  it('is used again', async () => {
    const { url, sockets } = await counting(() => OK);
    const pool = poolOf(url);
    for (let i = 0; i < 5; i++) expect(await ask(pool)).toMatchObject({ end: 'end', status: 200, body: 'ok' });
    expect(sockets).toHaveLength(1);
    expect(pool.stats).toEqual({ connections: 1, idle: 1 });
  });

  it('is the one used last', async () => {
    const { url, sockets } = await counting(() => OK);
    const pool = poolOf(url);
    await Promise.all([ask(pool), ask(pool), ask(pool)]);
    const before = sockets.map(({ bytesRead }) => bytesRead);
    for (let i = 0; i < 3; i++) await ask(pool);
    expect(sockets).toHaveLength(3);
    expect(sockets.filter(({ bytesRead }, index) => bytesRead > (before[index] as number))).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['the origin closes', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok'],
    ['the origin keeps it for too short', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=1\r\n\r\nok'],
    ['more comes behind the answer', `${OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ['an end of line comes behind the answer', `${OK}\r\n`],
    ['content comes with 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok'],
    ['content comes with 304', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('is not used again: %s', async (_, answer) => {
    const { url, sockets } = await counting(() => answer);
    const pool = poolOf(url);
    for (let i = 1; i <= 3; i++) {
      const { end, body } = await ask(pool);
      expect([end, body.replace('ok', '')]).toEqual(['end', '']);
      expect(pool.stats.connections).toBe(0);
    }
    expect(sockets).toHaveLength(3);
  });

  it('is not used again when HEAD is answered with content', async () => {
    const { url, sockets } = await counting(() => OK);
    const pool = poolOf(url);
    for (let i = 0; i < 2; i++) expect(await ask(pool, { method: 'HEAD' })).toMatchObject({ end: 'end', body: '' });
    expect(sockets).toHaveLength(2);
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 40\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 40\r\n\r\n'],
  ])('brings no late content of an answer to %s as the next answer: %j', async (method, head) => {
    const { url, sockets } = await counting((asked) => (asked.startsWith(`${method} /bare`) ? head : ''));
    const pool = poolOf(url);
    await ask(pool, { method, path: '/bare' });
    const next = ask(pool, { path: '/next' });
    sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
    await vi.waitFor(() => expect(sockets).toHaveLength(2));
    sockets[1]?.write(OK);
    expect(await next).toMatchObject({ end: 'end', body: 'ok' });
  });

  it('is used again after an answer without content that announces none', async () => {
    const { url, sockets } = await counting((asked) =>
      asked.startsWith('HEAD')
        ? 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
        : 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
    );
    const pool = poolOf(url);
    for (const method of ['HEAD', 'GET', 'GET']) await ask(pool, { method });
    expect(sockets).toHaveLength(1);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['an answer that nobody asked for', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')],
    ['a single byte', (socket) => socket.write('\n')],
    ['its end', (socket) => socket.end()],
    ['a reset', (socket) => socket.resetAndDestroy()],
  ])('is given up when it idles and there comes %s', async (_, speak) => {
    const { url, sockets } = await counting(() => OK);
    const pool = poolOf(url);
    await ask(pool);
    speak(sockets[0] as Socket);
    await vi.waitFor(() => expect(pool.stats).toEqual({ connections: 0, idle: 0 }));
    expect(await ask(pool)).toMatchObject({ body: 'ok' });
    expect(sockets).toHaveLength(2);
  });

  it('brings no answer to a request that has not gone out yet', async () => {
    const { url, sockets } = await counting(() => OK);
    const pool = poolOf(url);
    await ask(pool);
    // Behind a timer, sockets are read before what waits for the end of the turn is written.
    const heard = await new Promise((resolve) =>
      setTimeout(() => {
        sockets[0]?.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nevil');
        resolve(ask(pool));
      }),
    );
    expect(heard).toMatchObject({ end: 'error', code: 'http1_closed', body: '' });
    expect(pool.stats.connections).toBe(0);
  });

  it('is heard while idle though its last answer was paused at its end', async () => {
    const { url, sockets } = await counting(() => OK);
    const pool = poolOf(url);
    const listener = new Listener((controller) => controller.pause());
    pool.dispatch(request(), listener);
    await listener.over;
    expect(pool.stats.idle).toBe(1);
    sockets[0]?.end();
    await vi.waitFor(() => expect(pool.stats.connections).toBe(0));
  });

  it('is given up after a while, or a second before the origin would', async () => {
    const { url } = await counting(() => OK);
    const brief = poolOf(url, { idleTimeoutMs: 1 });
    const hinted = poolOf(await origins.answering(() => OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=2\r\n\r\n')), {
      idleTimeoutMs: 60_000,
    });
    const long = poolOf(url, { idleTimeoutMs: 60_000 });
    await Promise.all([ask(brief), ask(hinted), ask(long)]);
    await vi.waitFor(() => expect(brief.stats.connections).toBe(0));
    await vi.waitFor(() => expect(hinted.stats.connections).toBe(0), 5000);
    expect(long.stats).toEqual({ connections: 1, idle: 1 });
  });

  it('is not taken past its time, even if nobody has looked yet', async () => {
    const { url, sockets } = await counting(() => OK);
    const pool = poolOf(url, { idleTimeoutMs: 30 });
    await ask(pool);
    const untilMs = performance.now() + 40;
    while (performance.now() < untilMs); // nothing else runs meanwhile
    await ask(pool);
    expect(sockets).toHaveLength(2);
  });

  it('is kept idle only beside so many others', async () => {
    const { url, sockets } = await counting(() => OK);
    const pool = poolOf(url, { maxIdleConnections: 2 });
    await Promise.all(Array.from({ length: 5 }, () => ask(pool)));
    expect(sockets).toHaveLength(5);
    expect(pool.stats).toEqual({ connections: 2, idle: 2 });
  });

  it('is refused beyond the limit, and makes room for a handshake when it idles', async () => {
    const { url } = await counting((head) =>
      head.includes('Upgrade')
        ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
        : OK,
    );
    const pool = poolOf(url, { maxConnections: 2 });
    const [one, two, three] = await Promise.all([ask(pool), ask(pool), ask(pool)]);
    expect([one.body, two.body]).toEqual(['ok', 'ok']);
    expect(three).toMatchObject({ end: 'error', code: 'http1_pool_full', wasSent: false });
    const { end, socket } = await ask(pool, { upgrade: 'websocket' });
    socket?.destroy();
    expect(end).toBe('upgrade');
    expect(pool.stats).toEqual({ connections: 1, idle: 1 });
  });

  it('carries 10,000 requests on 64, each with its own answer', async () => {
    const { url, sockets } = await counting((head) => {
      const path = head.split(' ')[1] as string;
      return path.length % 2
        ? `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`
        : `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${path.length.toString(16)}\r\n${path}\r\n0\r\n\r\n`;
    });
    const pool = poolOf(url);
    let next = 0;
    const wrong: string[] = [];
    const client = async (): Promise<void> => {
      while (next < 10_000) {
        const path = `/${next++}`;
        const { end, body } = await ask(pool, { path });
        if (end !== 'end' || body !== path) wrong.push(path);
      }
    };
    await Promise.all(Array.from({ length: 64 }, client));
    expect(wrong).toEqual([]);
    expect(sockets).toHaveLength(64);
  }, 30_000);
});

describe('a pool', () => {
  it('closes when what is under way is over, and takes no more', async () => {
    let answer!: () => void;
    const url = await origins.raw((socket) => onRequests(socket, () => (answer = () => socket.write(OK))));
    const pool = poolOf(url);
    const under = ask(pool);
    await vi.waitFor(() => expect(answer).toBeDefined());
    let isClosed = false;
    const closed = Promise.all([pool.close(), pool.close()]).then(() => (isClosed = true));
    expect(await ask(pool)).toMatchObject({ code: 'http1_pool_closed', wasSent: false });
    expect(isClosed).toBe(false);
    answer();
    expect(await under).toMatchObject({ end: 'end', body: 'ok' });
    await closed;
    expect(pool.stats).toEqual({ connections: 0, idle: 0 });
  });

  it('closes at once when all are idle', async () => {
    const { url } = await counting(() => OK);
    const pool = poolOf(url);
    await Promise.all([ask(pool), ask(pool)]);
    await pool.close();
    expect(pool.stats.connections).toBe(0);
  });

  it('breaks off what is under way when it is destroyed', async () => {
    const asked = Promise.withResolvers<void>();
    const pool = poolOf(await origins.raw((socket) => socket.once('data', () => asked.resolve())));
    const under = ask(pool);
    await asked.promise;
    await pool.destroy();
    expect(await under).toMatchObject({ end: 'error', code: 'http1_pool_closed', wasSent: true });
    expect(pool.stats.connections).toBe(0);
  });
});
