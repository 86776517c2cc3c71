import { connect, type ClientHttp2Session } from 'node:http2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  await local.close();
});

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches
/** More than the window of a stream that nobody reads. */
const PAGE = Buffer.alloc(200 * 1024, 'x');
/** Asks, and reads nothing of the answer. */
function deafClient(url: string) {
  const session = connect(url).on('error', () => {});
  sessions.push(session);
  return session.request({ ':path': '/' }).on('error', () => {});
}
const LIMITED = { maxConnections: 2, queue: { maxLength: 10, timeoutMs: 60_000 } };

async function pool(body: Buffer, responseBuffer?: { maxBytes?: number; totalBytes?: number }) {
  let asked = 0;
  const url = await local.http((_, res) => (asked++, res.end(body)));
  const gateway = await local.gateway2([url], { responseBuffer }, LIMITED);
  return { ...gateway, asked: () => asked, inUse: () => gateway.balancer.backends()[0]?.own.requests };
}

describe('clients that read nothing', () => {
  it('hold no place of a backend that has sent its answer', async () => {
    const { url, inUse, asked } = await pool(PAGE);
    const deaf = [1, 2, 3, 4, 5].map(() => deafClient(url));
    await vi.waitFor(() => expect([asked(), inUse()]).toEqual([5, 0]), 10_000);
    for (const stream of deaf) expect(Buffer.concat(await stream.toArray()).equals(PAGE)).toBe(true);
  });

  it.each([
    ['each', { maxBytes: 0 }],
    ['all together', { totalBytes: 64 * 1024 }],
  ])('are kept no more for than the bound of %s allows', async (_, responseBuffer) => {
    const { url, inUse } = await pool(Buffer.alloc(4 * 1024 * 1024), responseBuffer);
    const deaf = deafClient(url);
    await vi.waitFor(() => expect(inUse()).toBe(1));
    expect((await deaf.toArray()).reduce((sum: number, { length }: Buffer) => sum + length, 0)).toBe(4 * 1024 * 1024);
    await vi.waitFor(() => expect(inUse()).toBe(0));
  });

  it('give back what they had of the bound of all together, read or left', async () => {
    const { url, inUse, asked } = await pool(PAGE, { totalBytes: 400 * 1024 });
    for (let round = 1; round <= 4; round++) {
      const [reading, leaving] = [deafClient(url), deafClient(url)];
      await vi.waitFor(() => expect([asked(), inUse()]).toEqual([2 * round, 0]), 10_000);
      expect((await reading.toArray()).reduce((sum: number, { length }: Buffer) => sum + length, 0)).toBe(PAGE.length);
      leaving.close(8);
    }
  });
});
