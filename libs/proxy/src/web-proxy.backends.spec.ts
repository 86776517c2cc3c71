import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

const textOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();
const POST = { method: 'POST', body: 'x' };

describe('a backend', () => {
  it.each<[string, (socket: Socket) => void, string]>([
    ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy()), 'backend_unreachable'],
    ['closes', (socket) => socket.once('data', () => socket.end()), 'backend_unreachable'],
    [
      'answers with garbage',
      (socket) => socket.once('data', () => socket.end('this is not HTTP\r\n\r\n')),
      'backend_bad_answer',
    ],
    [
      'answers with endless headers',
      (socket) => socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(2 ** 20)}`)),
      'backend_bad_answer',
    ],
    ['says nothing', () => {}, 'backend_timeout'],
    [
      'switches protocols unasked',
      (socket) =>
        socket.once('data', () => socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')),
      'backend_bad_answer',
    ],
  ])('that %s is told as what it is, whatever the method', async (_, onSocket, code) => {
    const { url, balancer } = await local.gateway([await local.raw(onSocket)], { headersTimeoutMs: 300 });
    expect(await textOf(url)).toBe(code);
    expect(await textOf(url, POST)).toBe(code);
    // it took the request: whether it is well is for the checks
    expect(balancer.backends()[0]).toMatchObject({ state: 'unproven', own: { requests: 0, sessions: 0 } });
  });

  it('that is not there gets no more requests; another gets this one, with its body', async () => {
    const alive = await local.http(async (req, res) => res.end(`alive ${(await req.toArray()).join('')}`));
    const { url, balancer } = await local.gateway([await local.nobody(), alive, await local.nobody()]);
    expect(await Promise.all([1, 2, 3].map(() => textOf(url, POST)))).toEqual(['alive x', 'alive x', 'alive x']);
    expect(balancer.backends().map(({ state }) => state)).toEqual(['unhealthy', 'unproven', 'unhealthy']);
  });

  it('that is not there, and no other, is what the client is told; from then on that none is', async () => {
    const { url } = await local.gateway([await local.nobody()]);
    expect(await textOf(url, POST)).toBe('backend_unreachable');
    expect(await textOf(url)).toBe('no_healthy_backends');
  });

  it('that has just closed a connection is asked once more, on a new one', async () => {
    let connections = 0;
    const url = await local.raw((socket) => {
      connections += 1;
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        socket.once('data', () => socket.destroy());
      });
    });
    const { url: gateway } = await local.gateway([url]);
    expect(await textOf(gateway)).toBe('ok');
    expect(await textOf(gateway)).toBe('ok');
    expect(connections).toBe(2);
  });

  it('that closes every connection is asked twice, a POST once', async () => {
    let asked = 0;
    const { url } = await local.gateway([
      await local.raw((socket) => socket.once('data', () => (asked++, socket.destroy()))),
    ]);
    expect(await textOf(url)).toBe('backend_unreachable');
    expect(asked).toBe(2);
    expect(await textOf(url, POST)).toBe('backend_unreachable');
    expect(asked).toBe(3);
  });

  it('that closes connections is left for another one, if there is one', async () => {
    const closing = await local.raw((socket) => socket.once('data', () => socket.destroy()));
    const { url } = await local.gateway([closing, await local.http((_, res) => res.end('alive'))]);
    for (let i = 0; i < 4; i++) expect(await textOf(url)).toBe('alive');
  });
});
