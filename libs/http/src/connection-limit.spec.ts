import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { ConnectionLimit, type ConnectionRefusals } from './connection-limit.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches
const ends: (() => unknown)[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) end();
});

/** A server of both families that answers nothing. It ends with the test. */
async function start(maxConnectionsPerAddress: number, onRefused?: (refusals: ConnectionRefusals) => void) {
  const accepted: Socket[] = [];
  const server = createServer((socket) => void accepted.push(socket.on('error', () => {}).resume()));
  const limit = new ConnectionLimit({ maxConnections: 0, maxConnectionsPerAddress }, onRefused);
  limit.guard(server);
  server.listen(0, '::');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  ends.push(() => {
    limit.close();
    for (const socket of accepted) socket.destroy();
    server.close();
  });
  return { limit, accepted, open: (host: string, localAddress: string) => open(port, host, localAddress) };
}

function open(port: number, host: string, localAddress: string): Socket {
  const client = connect({ port, host, localAddress }).on('error', () => {});
  ends.push(() => client.destroy());
  return client;
}

const refused = async (client: Socket): Promise<void> =>
  expect((await client.toArray()).join('')).toMatch(/^HTTP\/1\.1 503 /);

it('keeps apart the addresses of IPv4 that a socket of both families maps to IPv6', async () => {
  const { accepted, open, limit } = await start(1);
  open('127.0.0.1', '127.0.0.1');
  open('127.0.0.1', '127.0.0.2');
  open('::1', '::1');
  await vi.waitFor(() => expect(accepted).toHaveLength(3), { timeout: 30_000 });
  for (const address of ['127.0.0.1', '127.0.0.2']) await refused(open('127.0.0.1', address));
  await refused(open('::1', '::1'));
  expect(limit.counts()).toEqual({ open: 3, refused: { limit: 0, address_limit: 3 } });
});

it('keeps nothing of an address that has no connection', async () => {
  const { open, limit } = await start(2);
  const clients = Array.from({ length: 100 }, (_, n) => open('127.0.0.1', `127.0.0.${1 + (n % 50)}`));
  await vi.waitFor(() => expect(limit.counts().open).toBe(100), { timeout: 30_000 });
  expect(limit.groupCount).toBe(50);
  for (const client of clients) client.destroy();
  await vi.waitFor(() => expect(limit.counts().open).toBe(0), { timeout: 30_000 });
  expect(limit.groupCount).toBe(0);
});

it('reports refusals at most once a minute, with their number', async () => {
  const onRefused = vi.fn();
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
  const { open, accepted } = await start(1, onRefused);
  open('127.0.0.1', '127.0.0.1');
  await vi.waitFor(() => expect(accepted).toHaveLength(1), { timeout: 30_000 });
  for (let n = 0; n < 4; n++) await refused(open('127.0.0.1', '127.0.0.1'));
  expect(onRefused.mock.calls).toEqual([[{ reason: 'address_limit', refused: 1, address: '127.0.0.1' }]]);
  now.mockReturnValue(61_000);
  await refused(open('127.0.0.1', '127.0.0.1'));
  expect(onRefused).toHaveBeenLastCalledWith({ reason: 'address_limit', refused: 4, address: '127.0.0.1' });
});

it('ends a refused client that goes on sending', async () => {
  const { open, accepted } = await start(1);
  open('127.0.0.1', '127.0.0.1');
  await vi.waitFor(() => expect(accepted).toHaveLength(1), { timeout: 30_000 });
  const client = open('127.0.0.1', '127.0.0.1');
  const closed = new Promise((resolve) => client.once('close', resolve));
  const pump = (): void => void client.write(Buffer.alloc(32 * 1024), (error) => !error && pump());
  client.resume().once('connect', pump);
  await closed;
});
