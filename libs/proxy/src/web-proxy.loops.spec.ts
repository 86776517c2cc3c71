import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { probeHealth } from '@slipstream/upstream';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

/** A gateway whose only backend is itself, over as many other gateways as are asked for. */
async function loop(gateways: number) {
  let requests = 0;
  const made: Awaited<ReturnType<LocalServers['gateway']>>[] = [];
  const relay = await local.raw((socket) => {
    const next = connect(made[0]!.port, '127.0.0.1');
    requests += 1;
    socket
      .pipe(next)
      .on('error', () => {})
      .pipe(socket);
  });
  for (let i = 0; i < gateways; i++)
    made.unshift(await local.gateway([made[0]?.url ?? relay], { pseudonym: `slipstream-${i}` }));
  return { url: made[0]!.url, port: made[0]!.port, passes: () => requests };
}

it.each([1, 2, 3])(
  'ends a request that comes back to its gateway over %i of them, after one round',
  async (gateways) => {
    const { url, passes } = await loop(gateways);
    const answer = await fetch(url);
    expect([answer.status, await answer.text(), passes()]).toEqual([599, 'request_loop', 1]);
  },
);

it('ends a WebSocket handshake that comes back', async () => {
  const { port, passes } = await loop(1);
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ' +
      'dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 599 /);
  expect(passes()).toBe(1);
  socket.destroy();
});

it('passes on a request of another gateway, with its Via', async () => {
  const backend = await local.http((request, response) => response.end(request.headers.via));
  const second = await local.gateway([backend], { pseudonym: 'slipstream-2' });
  const first = await local.gateway([second.url], { pseudonym: 'slipstream-1' });
  expect(await (await fetch(first.url, { headers: { via: '1.0 cdn, 1.1 slipstream' } })).text()).toBe(
    '1.0 cdn, 1.1 slipstream, 1.1 slipstream-1, 1.1 slipstream-2',
  );
});

it('finds a backend unhealthy that is the gateway itself', async () => {
  const { url } = await local.gateway([await local.http((_, response) => response.end())], {
    pseudonym: 'slipstream-1',
  });
  const probe = probeHealth({ path: '/health', minStatus: 200, maxStatus: 299, pseudonym: 'slipstream-1' });
  await expect(
    probe({ url, weight: 1, isDraining: false, priority: 0 } as never, AbortSignal.timeout(20_000)),
  ).rejects.toThrow(/answers 599/);
});
