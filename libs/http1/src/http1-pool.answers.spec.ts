import { afterEach, describe, expect, it } from 'vitest';
import { Http1Pool } from './http1-pool.js';
import { ask } from './testing/ask.js';
import { onRequests, RawOrigins } from './testing/raw-origins.js';

const origins = new RawOrigins();
afterEach(() => origins.close());

function poolOf(url: string): Http1Pool {
  const pool = new Http1Pool(url);
  origins.closing(() => pool.destroy());
  return pool;
}

describe('an answer', () => {
  it.each<[string, string]>([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world'],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nA: b\r\n\r\n',
    ],
    ['after an interim one', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world'],
  ])(
    '%s is never taken for complete when it is cut off, whatever comes last',
    async (_, answer) => {
      const cut = (head: string): number => Number((head.split(' ')[1] as string).slice(1));
      const pool = poolOf(
        await origins.raw((socket) =>
          onRequests(socket, (head) => {
            socket.write(answer.slice(0, cut(head)), 'latin1');
            if (head.includes('X-Reset')) setImmediate(() => socket.resetAndDestroy());
            else socket.end();
          }),
        ),
      );
      for (let at = 0; at < answer.length; at++) {
        for (const headers of [
          ['Host', 'app'],
          ['Host', 'app', 'X-Reset', '1'],
        ]) {
          const heard = await ask(pool, { path: `/${at}`, headers });
          expect(heard, `cut at ${at}`).toMatchObject({ end: 'error', wasSent: true });
          expect(heard.code, `cut at ${at}`).toMatch(
            at === 0 ? /^http1_closed$/ : headers.length > 2 ? /^http1_(truncated|closed)$/ : /^http1_truncated$/,
          ); // a reset may overtake what was sent
        }
      }
      expect(await ask(pool, { path: `/${answer.length}` })).toMatchObject({ end: 'end', body: 'hello world' });
    },
    30_000,
  );

  it('that lasts as long as the connection is complete at its end, not when it breaks', async () => {
    const head = 'HTTP/1.1 200 OK\r\n\r\n';
    const pool = poolOf(
      await origins.raw((socket) =>
        socket.once('data', () => (socket.write(`${head}some`), setTimeout(() => socket.resetAndDestroy(), 20))),
      ),
    );
    expect(await ask(pool)).toMatchObject({ end: 'error', code: 'http1_truncated', status: 200 });
    for (let at = 0; at <= 4; at++) {
      const ending = poolOf(
        await origins.raw((socket) => socket.once('data', () => socket.end(`${head}${'some'.slice(0, at)}`))),
      );
      expect(await ask(ending)).toMatchObject({ end: 'end', body: 'some'.slice(0, at) });
      expect(ending.stats.connections).toBe(0);
    }
    for (let at = 1; at < head.length; at++) {
      expect(
        await ask(poolOf(await origins.raw((socket) => socket.once('data', () => socket.end(head.slice(0, at)))))),
      ).toMatchObject({ end: 'error', code: 'http1_truncated' });
    }
  });

  it.each<[string, string, string]>([
    ['is no HTTP', 'this is not HTTP\r\n\r\n', 'http1_malformed'],
    ['is no HTTP and never ends a line', 'SSH-2.0-OpenSSH', 'http1_malformed'],
    ['has two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 'http1_malformed'],
    ['has an endless head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(2 ** 17)}`, 'http1_head_too_large'],
    [
      'switches protocols unasked',
      'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
      'http1_malformed',
    ],
  ])('that %s is refused, and its connection given up', async (_, answer, code) => {
    const pool = poolOf(await origins.raw((socket) => socket.once('data', () => socket.write(answer))));
    expect(await ask(pool)).toMatchObject({ end: 'error', code, wasSent: true, body: '' });
    expect(pool.stats.connections).toBe(0);
  });

  it('that goes bad in its middle is broken off there', async () => {
    const pool = poolOf(
      await origins.raw((socket) =>
        socket.once('data', () =>
          socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nevil\r\n'),
        ),
      ),
    );
    expect(await ask(pool)).toMatchObject({ end: 'error', code: 'http1_malformed', status: 200, body: 'ok' });
  });

  it('that does not begin in time is not waited for; interim answers are none', async () => {
    const silent = poolOf(await origins.raw(() => {}));
    const interim = poolOf(
      await origins.raw((socket) => socket.once('data', () => socket.write('HTTP/1.1 102 Processing\r\n\r\n'))),
    );
    const begun = poolOf(await origins.raw((socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n'))));
    for (const pool of [silent, interim, begun]) {
      expect(await ask(pool, { headersTimeoutMs: 50 })).toMatchObject({
        end: 'error',
        code: 'http1_headers_timeout',
        wasSent: true,
      });
      expect(pool.stats.connections).toBe(0);
    }
  });

  it('that has begun may take as long as it likes', async () => {
    const pool = poolOf(
      await origins.raw((socket) =>
        socket.once(
          'data',
          () => (
            socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no'),
            setTimeout(() => socket.write('k'), 400)
          ),
        ),
      ),
    );
    expect(await ask(pool, { headersTimeoutMs: 50 })).toMatchObject({ end: 'end', body: 'ok' });
  });
});
