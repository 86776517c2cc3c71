import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { CacheRules, ResponseCache } from '@slipstream/http-cache';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';
import { seenByHttp1, seenByHttp2 } from './testing/seen-answer.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches

const local = new LocalServers();
afterEach(() => local.close());

const PROCESSING = 'HTTP/1.1 102 Processing\r\n\r\n';
const LINK = '</a.css>; rel=preload';
const HINTS = `HTTP/1.1 103 Early Hints\r\nLink: ${LINK}\r\nX-Hop: 1\r\nConnection: X-Hop\r\n\r\n`;
const HINTED = [103, { link: LINK }];
const final = (control: string): string =>
  `HTTP/1.1 200 OK\r\nCache-Control: ${control}\r\nETag: "1"\r\nContent-Length: 5\r\n\r\nwhole`;
const SHARED = final('max-age=60');

/** The cache as it is by default, without rules. */
function newCaching() {
  const cache = new ResponseCache();
  const asked = vi.spyOn(cache, 'handle');
  const bus = { publish: () => {}, subscribe: () => () => {} };
  const rules = new CacheRules({
    reads: [],
    writes: [],
    secret: 'sixteen characters',
    tokenCookies: [],
    claim: 'id',
    ignoredCookies: [],
    purge: () => {},
    bus,
  });
  /** Resolves when so many requests have looked for an answer: they have joined a coalesced fetch, if they may. */
  const lookedUp = (times: number) => vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(times), { timeout: 30_000 });
  return { caching: { cache, rules }, lookedUp };
}

/** Gateways with one cache before these backends. */
async function gateways(urls: string[]) {
  const { caching, lookedUp } = newCaching();
  const [http1, http2] = [await local.gateway(urls, { caching }), await local.gateway2(urls, { caching })];
  return { http1: http1.url, http2: http2.url, port: http1.port, lookedUp };
}

/** A backend that answers each request with this. */
const saying = (text: string): Promise<string> => local.raw((socket) => socket.on('data', () => socket.write(text)));

/** A backend whose requests are answered by the test. */
async function scripted() {
  const requests: Socket[] = [];
  const url = await local.raw((socket) => socket.on('data', () => void requests.push(socket)));
  const request = async (index: number): Promise<Socket> => {
    await vi.waitFor(() => expect(requests.length).toBeGreaterThan(index), { timeout: 30_000 });
    return requests[index] as Socket;
  };
  return { url, request };
}

describe.each([
  ['HTTP/1.1', 'http1' as const, seenByHttp1],
  ['HTTP/2', 'http2' as const, seenByHttp2],
])('an informational answer to a fetch of the cache, over %s', (_, protocol, see) => {
  it.each([
    ['that is stored', SHARED],
    ['for one client', final('private')],
    ['that may not be stored', final('no-store')],
  ])('comes before an answer %s', async (__, answer) => {
    const { [protocol]: url } = await gateways([await saying(PROCESSING + HINTS + answer)]);
    expect(await see(url)).toEqual({ informed: [[102, {}], HINTED], status: 200, body: 'whole' });
  });

  it('is not stored with the answer', async () => {
    const { [protocol]: url } = await gateways([await saying(HINTS + SHARED)]);
    expect((await see(url)).informed).toEqual([HINTED]);
    expect(await see(url)).toEqual({ informed: [], status: 200, body: 'whole' });
  });

  it('goes to all that wait for the head, and not to a client that joins later', async () => {
    const backend = await scripted();
    const { [protocol]: url, lookedUp } = await gateways([backend.url]);
    const onInformation = vi.fn();
    const early = [see(url, { onInformation })];
    const origin = await backend.request(0);
    early.push(see(url));
    await lookedUp(2);
    origin.write(HINTS);
    await vi.waitFor(() => expect(onInformation).toHaveBeenCalled(), { timeout: 30_000 });
    const late = see(url);
    await lookedUp(3);
    origin.write(SHARED);
    const whole = { status: 200, body: 'whole' };
    expect(await Promise.all(early)).toEqual(Array(2).fill({ informed: [HINTED], ...whole }));
    expect(await late).toEqual({ informed: [], ...whole });
  });

  it.each([
    ['to a client with credentials', { cookie: 'a=1' }, HINTS],
    ['that sets a cookie', {}, HINTS.replace('X-Hop: 1', 'Set-Cookie: a=1')],
  ])('%s goes to no other client', async (__, headers, hints) => {
    const backend = await scripted();
    const { [protocol]: url, lookedUp } = await gateways([backend.url]);
    const storing = see(url);
    (await backend.request(0)).write(final('public, max-age=0'));
    await storing;
    const own = see(url, { headers });
    const origin = await backend.request(1);
    const other = see(url);
    await lookedUp(3);
    origin.write(`${hints}HTTP/1.1 304 Not Modified\r\nCache-Control: public, max-age=60\r\nETag: "1"\r\n\r\n`);
    expect((await own).informed.map(([status]) => status)).toEqual([103]);
    expect(await other).toEqual({ informed: [], status: 200, body: 'whole' });
  });

  it('to a background revalidation goes to no client', async () => {
    const { [protocol]: url, lookedUp } = await gateways([
      await saying(HINTS + final('max-age=0, stale-while-revalidate=60')),
    ]);
    await see(url);
    expect(await see(url)).toEqual({ informed: [], status: 200, body: 'whole' });
    await lookedUp(2);
  });

  it('that never ends is a bad answer, by bytes', async () => {
    const { [protocol]: url } = await gateways([await saying(PROCESSING.repeat(4000))]);
    expect(await see(url)).toMatchObject({ status: 599, body: 'backend_bad_answer' });
  });

  it('of a backend that fails does not keep the final answer of another backend away', async () => {
    const broken = await local.raw((socket) => socket.once('data', () => socket.end(PROCESSING)));
    const { [protocol]: url } = await gateways([broken, await saying(final('no-store'))]);
    for (let round = 0; round < 2; round++) expect(await see(url)).toMatchObject({ status: 200, body: 'whole' });
  });
});

it('is left out for a client of HTTP/1.0, which knows none', async () => {
  const { port } = await gateways([await saying(HINTS + SHARED)]);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.0\r\nHost: a\r\n\r\n');
  expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/);
});
