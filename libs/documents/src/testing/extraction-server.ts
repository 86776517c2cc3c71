import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';

/** A request as an extraction server received it. */
export interface Received {
  method?: string;
  url?: string;
  headers: IncomingMessage['headers'];
  body: string;
}

const servers: Server[] = [];

export const closeServers = (): void =>
  servers.splice(0).forEach((server) => void server.close().closeAllConnections());

/** A server with this behaviour, and what it received. */
export async function serverThat(
  answer: (response: ServerResponse) => void,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void textOf(request)
      .then((body) => {
        const { method, url, headers } = request;
        received.push({ method, url, headers, body });
        answer(response);
      })
      .catch(() => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`, received };
}

/** A server that gives this answer. */
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  serverThat((response) => response.writeHead(status, headers).end(JSON.stringify(body)));
