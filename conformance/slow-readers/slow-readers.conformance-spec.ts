import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { bodyOf, startBodyOrigin, type BodyOrigin } from './body-origin.js';
import { loadAll, SlowClients } from './slow-clients.js';

const MIB = 1024 * 1024;
/** Just what the cache still stores. */
const LARGE = 8 * MIB;
const numbered = (count: number, path: string): string[] => Array.from({ length: count }, (_, i) => `${path}/${i}`);

/** A gateway for each test, and clients that go with it. */
function useGateway(env: NodeJS.ProcessEnv) {
  const clients = new SlowClients();
  let origin: BodyOrigin;
  let gateway: GatewayProcess;

  beforeEach(async () => {
    origin = await startBodyOrigin();
    gateway = await startGateway([origin.url], {}, env);
  });
  afterEach(async () => {
    clients.leave();
    await gateway.stop();
    origin.close();
  });

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${gateway.managementUrl}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }
  const residentMib = async (): Promise<number> => (await metric('process_resident_memory_bytes')) / MIB;
  return { clients, url: () => gateway.url, metric, residentMib };
}

describe.each([
  ['HTTPS', { TLS_SELF_SIGNED: 'true' }],
  ['HTTP', {}],
])('clients that do not read, over %s', (scheme, env) => {
  const { clients, url, metric, residentMib } = useGateway(env);

  it('cost less than 1 MiB each, 60 of them, of one stored answer', async () => {
    await clients.http1(url(), `/cached/${LARGE}/one`);
    await vi.waitFor(async () => expect(await metric('slipstream_response_cache_entries')).toBe(1), 30_000);
    const before = await residentMib();
    await Promise.all(Array.from({ length: 60 }, () => clients.http1(url(), `/cached/${LARGE}/one`)));
    const grown = (await residentMib()) - before;
    console.log(`${scheme}: 60 readers of one stored answer: +${grown.toFixed(0)} MiB`);
    expect(grown).toBeLessThan(60);
  });

  it('leave the process under 400 MiB, 200 of them, of 4 answers on their way into the store', async () => {
    await Promise.all(Array.from({ length: 200 }, (_, i) => clients.http1(url(), `/cached/${LARGE}/storing${i % 4}`)));
    const all = await residentMib();
    console.log(`${scheme}: 200 readers of 4 answers that are stored meanwhile: ${all.toFixed(0)} MiB`);
    expect(all).toBeLessThan(400);
  });
});

describe('clients of HTTP/2', () => {
  const { clients, url, residentMib } = useGateway({ TLS_SELF_SIGNED: 'true' });

  it('that do not read leave the process under 400 MiB, 200 connections with two stored answers each', async () => {
    const paths = numbered(2, `/cached/${6 * MIB}`);
    await loadAll(url(), paths);
    await Promise.all(Array.from({ length: 200 }, () => clients.http2(url(), paths)));
    const all = await residentMib();
    console.log(`200 connections of HTTP/2: ${all.toFixed(0)} MiB`);
    expect(all).toBeLessThan(400);
  });

  it.each([
    ['stored', 'cached', 60, MIB],
    ['stored', 'cached', 120, 256 * 1024],
    ['unstored', 'direct', 120, 512 * 1024],
  ])('that are slow but take all they asked for lose no %s answers (%s, %d)', async (_, kind, count, size) => {
    const paths = numbered(count, `/${kind}/${size}/page`);
    const right = bodyOf(size);
    const wrong = (answers: (Buffer | string)[]) =>
      answers.filter((answer) => typeof answer === 'string' || !right.equals(answer)).map(shown);
    expect(wrong(await loadAll(url(), paths))).toEqual([]);
    expect(wrong(await loadAll(url(), paths))).toEqual([]);
  });
});

/** What came in place of an answer: an error, or the begin of another body. */
const shown = (answer: Buffer | string): string =>
  typeof answer === 'string' ? answer : `${answer.length} bytes: ${answer.toString('latin1', 0, 300)}`;
