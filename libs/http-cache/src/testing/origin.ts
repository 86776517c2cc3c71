import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';

/** A server on a free port of 127.0.0.1 whose connections end with it. */
export async function listen(listener: RequestListener): Promise<{ url: string; close: () => void }> {
  const server: Server = createServer(listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** A web application for specs that records its requests. */
export class Origin {
  readonly requests: IncomingMessage[] = [];
  /** Answers; may be replaced at any time. */
  answer: RequestListener;
  url = '';
  close: () => void = () => {};

  constructor(answer: RequestListener) {
    this.answer = answer;
  }

  static async start(answer: RequestListener): Promise<Origin> {
    const origin = new Origin(answer);
    const server = await listen((request, response) => {
      origin.requests.push(request);
      origin.answer(request, response);
    });
    return Object.assign(origin, server);
  }
}

/** Answers with these fields, and a body that contains the number of requests. */
export function counting(headers: Record<string, string | string[]>, statusCode = 200): RequestListener {
  let asked = 0;
  return (_, response) => response.writeHead(statusCode, headers).end(`answer ${++asked}`);
}
