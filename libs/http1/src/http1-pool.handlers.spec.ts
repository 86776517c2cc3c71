import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Http1Pool } from './http1-pool.js';
import { Listener, request } from './testing/ask.js';
import { onRequests, RawOrigins } from './testing/raw-origins.js';

const origins = new RawOrigins();
afterEach(() => origins.close());

function poolOf(url: string): Http1Pool {
  const pool = new Http1Pool(url);
  origins.closing(() => pool.destroy());
  return pool;
}

describe('a handler', () => {
  const endless = (): Promise<string> =>
    origins.raw((socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\nmore')));

  it('breaks off, and the origin hears of it', async () => {
    const closed = Promise.withResolvers<void>();
    const pool = poolOf(
      await origins.raw((socket) =>
        socket
          .once('close', () => closed.resolve())
          .once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nmore')),
      ),
    );
    const listener = new Listener((controller) => controller.abort(new Error('enough')));
    pool.dispatch(request(), listener);
    expect(await listener.over).toMatchObject({
      end: 'error',
      code: 'enough',
      status: 200,
      body: 'more',
      wasSent: true,
    });
    await closed.promise;
    listener.controller?.abort(new Error('once more'));
    expect(pool.stats.connections).toBe(0);
  });

  it('hears nothing more of a piece in which it broke off', async () => {
    const pool = poolOf(
      await origins.raw((socket) =>
        socket.once('data', () =>
          socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n'),
        ),
      ),
    );
    const listener = new Listener((controller) => controller.abort());
    pool.dispatch(request(), listener);
    expect(await listener.over).toMatchObject({ code: 'http1_aborted', body: 'a' });
  });

  it.each(['onHeaders', 'onData'] as const)('that throws in %s breaks off', async (method) => {
    const pool = poolOf(await endless());
    const listener = new Listener();
    listener[method] = () => {
      throw new Error('invalid');
    };
    pool.dispatch(request(), listener);
    expect(await listener.over).toMatchObject({ end: 'error', code: 'invalid' });
    expect(pool.stats.connections).toBe(0);
  });

  it('that is over has no hold on the next exchange of its connection', async () => {
    let socket!: Socket;
    const pool = poolOf(
      await origins.raw((accepted) =>
        onRequests((socket = accepted), () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no')),
      ),
    );
    const first = new Listener();
    pool.dispatch(request(), first);
    await vi.waitFor(() => expect(first.heard.body).toBe('o'));
    socket.write('k');
    await first.over;
    const second = new Listener((controller) => {
      if (controller.paused) throw new Error('paused by the first');
    });
    pool.dispatch(request(), second);
    await vi.waitFor(() => expect(second.heard.body).toBe('o'));
    first.controller?.pause();
    first.controller?.abort();
    socket.write('k');
    expect(await second.over).toMatchObject({ end: 'end', body: 'ok' });
    expect(pool.stats).toEqual({ connections: 1, idle: 1 });
  });

  it('may send its next request when it hears of the end, on the same connection', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const pool = poolOf(await origins.answering(() => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    const listener = new Listener();
    listener.onEnd = () => {
      pool.dispatch(request(), Object.assign(new Listener(), { onEnd: resolve }));
      expect(pool.stats).toEqual({ connections: 1, idle: 0 });
    };
    pool.dispatch(request(), listener);
    await promise;
  });

  it('keeps what it was given: the next piece is another', async () => {
    const pool = poolOf(
      await origins.answering((head) => `HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n${head.slice(5, 9)}`),
    );
    const kept: Buffer[] = [];
    for (const path of ['/aaaa', '/bbbb']) {
      const listener = new Listener((_, chunk) => kept.push(chunk));
      pool.dispatch(request({ path }), listener);
      await listener.over;
    }
    expect(kept.map(String)).toEqual(['aaaa', 'bbbb']);
  });

  it('that pauses is read to no faster than it goes on: 200 MB through flat memory', async () => {
    const size = 200 * 2 ** 20;
    const piece = Buffer.alloc(2 ** 20, 'x');
    let written = 0;
    const pump = (socket: Socket): void => {
      while (written < size && socket.writable) {
        written += piece.length;
        if (!socket.write(piece)) return void socket.once('drain', () => pump(socket));
      }
    };
    const url = await origins.raw((socket) =>
      socket.once('data', () => (socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`), pump(socket))),
    );
    let read = 0;
    let outstandingMax = 0;
    let sincePause = 0;
    let rssMax = 0;
    const rss = process.memoryUsage.rss();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let controller: Parameters<NonNullable<Listener['onStart']>>[0];
    poolOf(url).dispatch(request(), {
      onStart: (started) => (controller = started),
      onHeaders: () => {},
      onData: (chunk) => {
        read += chunk.length;
        sincePause = controller.paused ? sincePause + chunk.length : 0;
        outstandingMax = Math.max(outstandingMax, sincePause);
        rssMax = Math.max(rssMax, process.memoryUsage.rss() - rss);
        controller.pause();
        setImmediate(() => controller.resume());
      },
      onEnd: resolve,
      onError: reject,
      onUpgrade: reject,
    });
    await promise;
    expect(read).toBe(size);
    expect(outstandingMax).toBeLessThanOrEqual(64 * 1024);
    expect(rssMax).toBeLessThan(100 * 2 ** 20);
  }, 60_000);

  it('that pauses and never goes on stops the origin', async () => {
    let socket!: Socket;
    const piece = Buffer.alloc(2 ** 20, 'x');
    const url = await origins.raw((accepted) =>
      (socket = accepted).once('data', () => (socket.write('HTTP/1.1 200 OK\r\n\r\n'), write())),
    );
    let written = 0;
    const write = (): void => {
      while (written < 500 * 2 ** 20) {
        written += piece.length;
        if (!socket.write(piece)) return void socket.once('drain', write);
      }
    };
    let read = 0;
    const listener = new Listener((controller, { length }) => {
      read += length;
      controller.pause();
    });
    poolOf(url).dispatch(request(), listener);
    let before = -1;
    await vi.waitFor(
      () => {
        const [now, last] = [written, before];
        before = now;
        expect(now).toBe(last); // nothing moves any more
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(read).toBeLessThanOrEqual(2 * 64 * 1024);
    expect(written).toBeLessThan(100 * 2 ** 20);
    listener.controller?.abort();
  }, 20_000);
});
