import { randomBytes } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { startConnectionBalancer, type ConnectionBalancer } from './connection-balancer.js';
import { startSocketIoServer, type ClientEvents, type ServerEvents, type SocketIoServer } from './socket-io-server.js';

type Client = Socket<ServerEvents, ClientEvents>;

/** So many that every backend gets some. */
const CLIENTS = 12;
const MESSAGES = 50;
const DEADLINE = { timeout: 15_000 };
const WEB = { preset: 'open-webui', health: { path: '/health', intervalMs: 500 } };
const NAMES = ['one', 'two', 'three'];

describe('Socket.IO through two gateways to three backends', () => {
  let backends: SocketIoServer[];
  let gateways: GatewayProcess[];
  let balancer: ConnectionBalancer;
  let clients: Client[];

  beforeEach(async () => {
    backends = await Promise.all(NAMES.map(startSocketIoServer));
    gateways = await Promise.all(
      [1, 2].map(() =>
        startGateway(
          backends.map(({ url }) => url),
          WEB,
        ),
      ),
    );
    balancer = await startConnectionBalancer(gateways.map(({ url }) => url));
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.disconnect();
    balancer.close();
    await Promise.all([...gateways.map((gateway) => gateway.stop()), ...backends.map((backend) => backend.close())]);
  });

  /** Connects clients, each with cookies of its own. */
  async function connectAll(transports: ('polling' | 'websocket')[], count = CLIENTS): Promise<void> {
    clients = Array.from({ length: count }, () =>
      io(balancer.url, {
        path: '/ws/socket.io',
        transports,
        withCredentials: true,
        forceNew: true,
        reconnectionDelay: 50,
        reconnectionDelayMax: 200,
      }),
    );
    await untilConnected();
  }

  const untilConnected = () =>
    vi.waitFor(() => expect(clients.filter(({ connected }) => !connected)).toEqual([]), DEADLINE);
  const transportsOf = () => new Set(clients.map(({ io: manager }) => manager.engine.transport.name));
  const echo = (client: Client, content: Buffer | string) =>
    new Promise<[Buffer | string, string]>((resolve) =>
      client.emit('echo', content, (answer, backend) => resolve([answer, backend])),
    );

  /** Every client speaks at once. @returns the backends that answered each */
  const converse = () =>
    Promise.all(
      clients.map(async (client, own) => {
        const sent = Array.from({ length: MESSAGES }, (_, n) => (n % 2 ? `${own}-${n}` : randomBytes(1 + n * 100)));
        const answers = await Promise.all(sent.map((content) => echo(client, content)));
        expect(answers.map(([content]) => content)).toEqual(sent);
        return new Set(answers.map(([, backend]) => backend));
      }),
    );

  describe.for([
    ['websocket', ['websocket'], 'websocket'],
    ['polling', ['polling'], 'polling'],
    ['polling that becomes websocket', ['polling', 'websocket'], 'websocket'],
  ] as const)('by %s', ([, transports, final]) => {
    it('every message comes back, text or binary, from the backend that the client is connected to', async () => {
      await connectAll([...transports]);
      const answering = await converse();
      expect(answering.map(({ size }) => size)).toEqual(clients.map(() => 1));
      expect(new Set(answering.flatMap((names) => [...names]))).toEqual(new Set(NAMES));
      await vi.waitFor(() => expect(transportsOf()).toEqual(new Set([final])), DEADLINE);
      expect(backends.flatMap((backend) => backend.transports())).toEqual(clients.map(() => final));
    });

    it('events come in their order', async () => {
      await connectAll([...transports], 3);
      await Promise.all(
        clients.map(async (client) => {
          const counted: number[] = [];
          client.on('count', (n) => counted.push(n)).emit('countTo', 1000);
          await vi.waitFor(() => expect(counted).toHaveLength(1000), DEADLINE);
          expect(counted).toEqual(Array.from({ length: 1000 }, (_, n) => n + 1));
        }),
      );
    });

    it('a message of a megabyte comes back whole', async () => {
      await connectAll([...transports], 3);
      const content = randomBytes(1_000_000);
      for (const client of clients) expect((await echo(client, content))[0]).toEqual(content);
    });

    it('when a backend ends, its clients come back to the others', async () => {
      await connectAll([...transports]);
      await backends[0]!.close();
      await vi.waitFor(
        () => expect(backends.slice(1).flatMap((backend) => backend.transports())).toHaveLength(CLIENTS),
        DEADLINE,
      );
      await untilConnected();
      const answering = await converse();
      expect(new Set(answering.flatMap((names) => [...names]))).toEqual(new Set(['two', 'three']));
    });
  });

  it('stays open in silence, but for the pings of its own', async () => {
    await connectAll(['websocket']);
    let lost = 0;
    const pings = clients.map((client) => {
      client.on('disconnect', () => (lost += 1));
      return new Promise<void>((resolve) => {
        let heard = 0;
        client.io.on('ping', () => (heard += 1) === 3 && resolve());
      });
    });
    await Promise.all(pings);
    expect(lost).toBe(0);
  });
});
