import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

/** What a client may ask: to hear everything back, in order, and who it is connected to. */
export interface ClientEvents {
  echo: (content: Buffer | string, answer: (content: Buffer | string, backend: string) => void) => void;
  /** Asks for this many `count` events. */
  countTo: (end: number) => void;
}

export interface ServerEvents {
  count: (n: number) => void;
}

export interface SocketIoServer {
  url: string;
  /** Transports of the clients that are connected, by how often. */
  transports(): string[];
  /** Ends every connection and listens no more. */
  close(): Promise<void>;
}

/** A Socket.IO server at Open WebUI's path; it knows nothing of its neighbours, as pods do that share no adapter. */
export async function startSocketIoServer(name: string): Promise<SocketIoServer> {
  const http = createServer((_, response) => response.end('ok'));
  const io = new Server<ClientEvents, ServerEvents>(http, {
    path: '/ws/socket.io',
    pingInterval: 1000,
    pingTimeout: 20_000,
    maxHttpBufferSize: 10_000_000,
  });
  io.on('connection', (socket) => {
    socket.on('echo', (content, answer) => answer(content, name));
    socket.on('countTo', (end) => {
      for (let n = 1; n <= end; n += 1) socket.emit('count', n);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    transports: () => [...io.sockets.sockets.values()].map(({ conn }) => conn.transport.name),
    async close() {
      http.closeAllConnections();
      await io.close();
    },
  };
}
