import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** HTTP servers on free ports of 127.0.0.1. */
export class HttpServers {
  private readonly servers: Server[] = [];

  /** @returns the URL of a new server */
  async serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    this.servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Ends all of them, and their connections. */
  close(): void {
    for (const server of this.servers.splice(0)) server.close().closeAllConnections();
  }
}

/** Stores that refuse connections. */
export const STORES_AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};
