import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** A WebSocket server that sends every message back, as the Autobahn cases want it; its pages say `ok`. */
export async function startEchoServer(): Promise<{ address: string; server: Server }> {
  const server = createServer((_, response) => response.end('ok'));
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('error', () => {}).on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
