import { afterEach, describe, expect, it } from 'vitest';
import { Http1Pool } from './http1-pool.js';
import { ask } from './testing/ask.js';
import { RawOrigins } from './testing/raw-origins.js';

const origins = new RawOrigins();
afterEach(() => origins.close());

describe('many pools', () => {
  it('cost no buffers while they are idle', () => {
    const before = process.memoryUsage().arrayBuffers;
    const pools = Array.from({ length: 500 }, (_, n) => new Http1Pool(`http://127.0.0.1:${10_000 + n}`));
    expect(pools).toHaveLength(500);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  });

  it('each get their own answers, although they read into one buffer', async () => {
    const bodies = Array.from({ length: 8 }, (_, n) => String(n).repeat(200_000));
    const urls = await Promise.all(
      bodies.map((body) => origins.answering(() => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)),
    );
    const pools = urls.map((url) => new Http1Pool(url));
    for (const pool of pools) origins.closing(() => pool.destroy());
    const heard = await Promise.all(pools.flatMap((pool) => [ask(pool), ask(pool)]));
    expect(heard.map(({ body }) => body)).toEqual(bodies.flatMap((body) => [body, body]));
  });
});
