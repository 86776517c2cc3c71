import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface ConnectionBalancer {
  url: string;
  close(): void;
}

/**
 * Hands each connection to the next of these servers, knowing nothing of what it carries, as a balancer before gateways
 * does.
 */
export async function startConnectionBalancer(urls: readonly string[]): Promise<ConnectionBalancer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    const { hostname, port } = new URL(urls[(count += 1) % urls.length]!);
    const gateway = connect({ host: hostname, port: Number(port) });
    for (const [socket, other] of [
      [client, gateway],
      [gateway, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {}).once('close', () => (sockets.delete(socket), other.destroy()));
    }
    client.pipe(gateway).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
