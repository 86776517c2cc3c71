import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';
import { seenByHttp1, seenByHttp2 } from './testing/seen-answer.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches

const local = new LocalServers();
afterEach(() => local.close());

const PROCESSING = 'HTTP/1.1 102 Processing\r\n\r\n';
const HINTS =
  'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nlink: </b.js>; rel=preload\r\nX-A: ' +
  'b\r\nX-Hop: 1\r\nConnection: X-Hop\r\n\r\n';
const FINAL = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole';

/** A pool of one backend that says this to each request. */
async function pool(text: string) {
  const url = await local.raw((socket) => socket.on('data', () => socket.write(text, 'latin1')));
  return { http1: await local.gateway([url]), http2: await local.gateway2([url]) };
}

describe.each([
  ['HTTP/1.1', 'http1' as const, seenByHttp1],
  ['HTTP/2', 'http2' as const, seenByHttp2],
])('an informational answer over %s', (_, protocol, see) => {
  it.each([1, 20, 300])('is passed on, %i times', async (times) => {
    const { url } = (await pool(PROCESSING.repeat(times) + FINAL))[protocol];
    expect(await see(url)).toEqual({ informed: Array(times).fill([102, {}]), status: 200, body: 'whole' });
  });

  it('keeps its end-to-end fields, in order', async () => {
    const { url } = (await pool(HINTS + FINAL))[protocol];
    const { informed, body } = await see(url);
    expect(informed).toEqual([[103, { link: '</a.css>; rel=preload, </b.js>; rel=preload', 'x-a': 'b' }]]);
    expect(body).toBe('whole');
  });

  it("of an unknown status is passed on; 100 answers an expectation, which is the listener's", async () => {
    const { url } = (
      await pool(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 104 Upload Resumption\r\n\r\nHTTP/1.1 199 x\r\n\r\n${FINAL}`)
    )[protocol];
    expect((await see(url)).informed.map(([status]) => status)).toEqual([104, 199]);
  });

  it.each(['HEAD', 'POST'])('comes before the answer to %s', async (method) => {
    const { url } = (await pool(HINTS + (method === 'HEAD' ? 'HTTP/1.1 204 No Content\r\n\r\n' : FINAL)))[protocol];
    expect((await see(url, { method })).informed.map(([status]) => status)).toEqual([103]);
  });

  it('is counted apart from answers', async () => {
    const { url, balancer } = (await pool(PROCESSING.repeat(3) + FINAL))[protocol];
    await see(url);
    expect(balancer.backends()[0]?.answers).toMatchObject({ '1xx': 3, '2xx': 1 });
  });

  it('that never ends is a bad answer, by bytes', async () => {
    const { url } = (await pool(PROCESSING.repeat(4000)))[protocol];
    expect(await see(url)).toMatchObject({ status: 599, body: 'backend_bad_answer' });
  });

  it('is none to a client that has the final answer of another backend', async () => {
    const broken = await local.raw((socket) => socket.once('data', () => socket.end(PROCESSING)));
    const whole = await local.raw((socket) => socket.on('data', () => socket.write(FINAL)));
    const start = protocol === 'http1' ? local.gateway([broken, whole]) : local.gateway2([broken, whole]);
    const { url } = await start;
    for (let round = 0; round < 2; round++) expect(await see(url)).toMatchObject({ status: 200, body: 'whole' });
  });
});

it('is left out for a client of HTTP/1.0, which knows none', async () => {
  const { http1 } = await pool(PROCESSING + FINAL);
  const socket = connect(http1.port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
  expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/);
});

it('may take no longer than the headers of an answer, however many come', async () => {
  const url = await local.raw((socket) => {
    const timer = setInterval(() => socket.write(PROCESSING), 20);
    socket.once('close', () => clearInterval(timer));
  });
  const { url: gateway } = await local.gateway([url], { headersTimeoutMs: 300 });
  expect(await seenByHttp1(gateway)).toMatchObject({ status: 599, body: 'backend_timeout' });
});
