import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, begin, type Answered } from './testing/ask.js';
import { CachingProxy } from './testing/caching-proxy.js';
import { Origin } from './testing/origin.js';

const FRESH = { 'Cache-Control': 'max-age=600' };
const KNOWN = { scope: 'public', ttlMs: 60_000 } as const;
const WITH_STALE = { ...KNOWN, staleIfErrorMs: 3_600_000 } as const;

/** Waits are short where the next backend hangs too: what must not happen would never end. */
describe('a fetch that hangs', () => {
  let origin: Origin;
  let proxy: CachingProxy;
  let now: number;
  let hanging: ServerResponse[];
  const hang = (_: IncomingMessage, response: ServerResponse): void => void hanging.push(response);
  const answer = (_: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(200, FRESH).end('answer');

  beforeEach(async () => {
    now = Date.now();
    hanging = [];
    origin = await Origin.start(hang);
    await start(50);
  });
  afterEach(async () => {
    await proxy.close();
    origin.close();
  });

  async function start(coalesceWaitMs: number): Promise<void> {
    proxy = await CachingProxy.before(origin, { clock: () => now, coalesceWaitMs });
    proxy.describe = () => ({ rule: KNOWN });
  }
  const askTimes = (count: number): Promise<Answered>[] => Array.from({ length: count }, () => ask(`${proxy.url}/a`));
  /** Stores an answer, and lets it become stale. */
  async function storeStale(): Promise<void> {
    origin.answer = (_, response) => void response.writeHead(200, FRESH).end('stale');
    await ask(`${proxy.url}/a`);
    now += 61_000;
    origin.requests.length = 0;
    origin.answer = hang;
  }
  const textsOf = async (answers: Promise<Answered>[]): Promise<string[]> =>
    (await Promise.all(answers)).map(({ text }) => text);

  it('before its header: all waiting clients get the answer of one request to the next backend', async () => {
    await proxy.close();
    await start(500); // on a loaded machine, an answer after a shorter wait would count as one more that hangs
    const first = ask(`${proxy.url}/a`);
    await vi.waitFor(() => expect(hanging).toHaveLength(1));
    origin.answer = answer;
    expect(await textsOf([first, ...askTimes(20)])).toEqual(Array(21).fill('answer'));
    expect([origin.requests.length, proxy.cache.usage.coalescedFetches]).toEqual([2, 0]);
    await vi.waitFor(() => expect(hanging[0]!.destroyed).toBe(true)); // nobody waits for it any more
  });

  it('before its head, when its first client leaves: the others are answered', async () => {
    const first = begin(`${proxy.url}/gone`).catch(() => {});
    void first;
    const controller = new AbortController();
    const leaving = fetch(`${proxy.url}/a`, { signal: controller.signal }).catch(() => {});
    await vi.waitFor(() => expect(hanging).toHaveLength(2));
    const others = askTimes(5);
    controller.abort();
    await leaving;
    origin.answer = answer;
    expect(await textsOf(others)).toEqual(Array(5).fill('answer'));
  });

  it('as all others do: three are begun, whoever asks, and all clients get what comes of one of them', async () => {
    const all = askTimes(10);
    await vi.waitFor(() => expect(hanging).toHaveLength(3));
    all.push(...askTimes(10));
    // four times what they wait; a fourth would be here by now
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(hanging).toHaveLength(3);
    hanging[1]!.writeHead(200, FRESH).end('late');
    expect(await textsOf(all)).toEqual(Array(20).fill('late'));
  });

  it('in mid-body: who comes later does not wait for its rest', async () => {
    origin.answer = (_, response) => void response.writeHead(200, FRESH).write('half', () => hanging.push(response));
    const first = await begin(`${proxy.url}/a`);
    await vi.waitFor(() => expect(hanging).toHaveLength(1));
    now += 50;
    origin.answer = answer;
    expect(await textsOf(askTimes(3))).toEqual(Array(3).fill('answer'));
    first.destroy();
  });

  it('in mid-body, and then goes on: its clients get all of it', async () => {
    origin.answer = (_, response) => void response.writeHead(200, FRESH).write('half ', () => hanging.push(response));
    const first = await begin(`${proxy.url}/a`);
    await vi.waitFor(() => expect(hanging).toHaveLength(1));
    now += 50;
    hanging[0]!.end('whole');
    expect(Buffer.concat((await first.toArray()) as Buffer[]).toString()).toBe('half whole');
  });

  it(
    'with a stale-if-error response: all clients get it, at once from then on, and at most three ' + 'fetches begin',
    async () => {
      proxy.describe = () => ({ rule: WITH_STALE });
      await storeStale();
      expect(await textsOf(askTimes(5))).toEqual(Array(5).fill('stale'));
      for (let i = 0; i < 10; i++) expect((await ask(`${proxy.url}/a`)).text).toBe('stale');
      expect(origin.requests.length).toBeLessThanOrEqual(3);
      hanging[0]!.writeHead(200, { ...FRESH }).end('new');
      await vi.waitFor(async () => expect((await ask(`${proxy.url}/a`)).text).toBe('new'));
    },
  );

  it(
    'during revalidation: the stale answer is sent while allowed, and then no client waits for the ' + 'fetch',
    async () => {
      proxy.describe = () => ({ rule: { ...KNOWN, staleWhileRevalidateMs: 60_000 } });
      await storeStale();
      expect((await ask(`${proxy.url}/a`)).text).toBe('stale');
      await vi.waitFor(() => expect(hanging).toHaveLength(1));
      now += 60_000;
      origin.answer = answer;
      expect(await textsOf(askTimes(3))).toEqual(Array(3).fill('answer'));
    },
  );

  it('while there is a stale answer that must not be used: nobody gets that', async () => {
    origin.answer = (_, response) =>
      void response.writeHead(200, { 'Cache-Control': 'max-age=60, must-revalidate', ETag: '"1"' }).end('stale');
    proxy.describe = () => ({});
    await ask(`${proxy.url}/a`);
    now += 61_000;
    origin.answer = hang;
    const first = ask(`${proxy.url}/a`);
    await vi.waitFor(() => expect(hanging).toHaveLength(1));
    origin.answer = answer;
    expect(await textsOf([first, ...askTimes(3)])).toEqual(Array(4).fill('answer'));
  });

  it(
    'without a sign of a shared answer: each client sends its own request, until one answer may be ' + 'shared',
    async () => {
      proxy.describe = () => ({});
      const all = askTimes(3);
      await vi.waitFor(() => expect(hanging).toHaveLength(3));
      hanging.forEach((response) => response.writeHead(200, FRESH).end('answer'));
      await Promise.all(all);
      expect((await ask(`${proxy.url}/a`)).headers['cache-status']).toMatch(/hit/);
    },
  );

  it('and fails at last fails for those who still wait, and leaves nothing behind', async () => {
    const all = askTimes(5);
    await vi.waitFor(() => expect(hanging).toHaveLength(3));
    hanging.forEach((response) => response.destroy());
    expect((await Promise.all(all)).every(({ status }) => status === 599)).toBe(true);
    expect(proxy.cache.usage).toMatchObject({ coalescedFetches: 0, bufferedBytes: 0 });
    origin.answer = answer;
    expect((await ask(`${proxy.url}/a`)).text).toBe('answer');
    expect((await ask(`${proxy.url}/a`)).headers['cache-status']).toMatch(/hit/);
  });
});
