import { afterEach, describe, expect, it } from 'vitest';
import { Http1Pool } from './http1-pool.js';
import { readAnswer } from './read-answer.js';
import { request } from './testing/ask.js';
import { RawOrigins } from './testing/raw-origins.js';

const origins = new RawOrigins();
afterEach(() => origins.close());

function poolOf(url: string): Http1Pool {
  const pool = new Http1Pool(url);
  origins.closing(() => pool.destroy());
  return pool;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-A: b\r\n\r\n';
const within = (maxBytes: number) => ({ signal: new AbortController().signal, maxBytes });

describe('readAnswer', () => {
  it.each([
    ['a whole answer', 4, 'abcd', true],
    ['the beginning of one that is longer', 3, 'abc', false],
  ])('reads %s', async (_, maxBytes, body, isWhole) => {
    const pool = poolOf(await origins.answering(() => `${OK}abcd`));
    expect(await readAnswer(pool, request(), within(maxBytes))).toEqual({
      statusCode: 200,
      rawHeaders: ['Content-Length', '4', 'X-A', 'b'],
      body: Buffer.from(body),
      isWhole,
    });
  });

  it('rejects with what breaks the answer, and with what the reader throws', async () => {
    const pool = poolOf(await origins.answering(() => `${OK.replace(': 4', ': 4 ')}abcd`));
    await expect(readAnswer(pool, request(), within(9))).rejects.toMatchObject({ code: 'http1_malformed' });
    const other = poolOf(await origins.answering(() => `${OK}abcd`));
    const onData = (): void => {
      throw new Error('enough');
    };
    await expect(readAnswer(other, request(), { ...within(9), onData })).rejects.toThrow('enough');
    expect(other.stats.connections).toBe(0);
  });

  it('ends with its signal, before and while it reads', async () => {
    const asked = Promise.withResolvers<void>();
    const pool = poolOf(await origins.raw((socket) => void socket.once('data', () => asked.resolve())));
    const ending = new AbortController();
    const reading = readAnswer(pool, request(), { signal: ending.signal, maxBytes: 9 });
    await asked.promise;
    ending.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await expect(readAnswer(pool, request(), { signal: ending.signal, maxBytes: 9 })).rejects.toThrow('enough');
    expect(pool.stats.connections).toBe(0);
  });

  it('refuses a switch of protocols', async () => {
    const pool = poolOf(
      await origins.answering(() => 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    );
    await expect(readAnswer(pool, request({ upgrade: 'websocket' }), within(9))).rejects.toThrow('switched protocols');
  });
});
