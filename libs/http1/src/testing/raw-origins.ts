import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { refusingUrl } from '@slipstream/http/testing';

/** Servers on free ports of 127.0.0.1 that write any bytes, and end with the test. */
export class RawOrigins {
  private readonly ends: (() => unknown)[] = [];

  async close(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }

  /** Registers a function to be called at the end, before the servers. */
  closing(end: () => unknown): void {
    this.ends.push(end);
  }

  /** @returns its URL */
  raw(onSocket: (socket: Socket) => void): Promise<string> {
    return this.listening(createServer((socket) => onSocket(socket.on('error', () => {}))));
  }

  /** Answers each request that has no body: by the text that `answer` makes of the request's head. */
  answering(answer: (head: string, socket: Socket) => string | Buffer): Promise<string> {
    return this.raw((socket) => onRequests(socket, (head) => socket.write(answer(head, socket), 'latin1')));
  }

  /** A URL that refuses connections. */
  async nobody(): Promise<string> {
    const { url, close } = await refusingUrl();
    this.ends.push(close);
    return url;
  }

  async listening(server: Server | TlsServer, host = '127.0.0.1'): Promise<string> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
    server.listen(0, host);
    await once(server, 'listening');
    this.ends.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  }
}

/** Calls back with the head of each request that has no body. */
export function onRequests(socket: Socket, onRequest: (head: string) => void): void {
  let pending = '';
  socket.on('data', (chunk: Buffer) => {
    pending += chunk.toString('latin1');
    for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
      const head = pending.slice(0, end + 4);
      pending = pending.slice(end + 4);
      onRequest(head);
    }
  });
}
