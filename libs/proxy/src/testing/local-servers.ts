import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { LoadBalancer, type LoadBalancerOptions } from '@slipstream/balancer';
import { SlipstreamError } from '@slipstream/contracts';
import { Http1LikeRequest, Http1LikeResponse, Peers, asHttp1, originForm } from '@slipstream/http';
import { refusingUrl } from '@slipstream/http/testing';
import { createWebProxy, type WebProxyOptions } from '../web-proxy.js';

/** Of every request of {@link LocalServers.gateway}. */
export const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** Servers on free ports of 127.0.0.1 that end with the test. */
export class LocalServers {
  private readonly ends: (() => unknown)[] = [];

  async close(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }

  http(listener: RequestListener): Promise<string> {
    return this.listening(createServer(listener));
  }

  /** A server that writes any bytes. */
  raw(onSocket: (socket: Socket) => void): Promise<string> {
    return this.listening(createTcpServer((socket) => onSocket(socket.on('error', () => {}))));
  }

  /** A URL that refuses connections. */
  async nobody(): Promise<string> {
    const { url, close } = await refusingUrl();
    this.ends.push(close);
    return url;
  }

  async listening(server: Server | Http2Server | TcpServer): Promise<string> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.ends.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** As {@link gateway}, for clients of HTTP/2. */
  async gateway2(urls: string[], options: Partial<WebProxyOptions> = {}, pool: Partial<LoadBalancerOptions> = {}) {
    const gateway = await this.gateway(urls, options, pool);
    const classes = { Http2ServerRequest: Http1LikeRequest, Http2ServerResponse: Http1LikeResponse };
    const server = createHttp2Server(classes, (req: Http1LikeRequest, res: Http1LikeResponse) =>
      gateway.handle(...asHttp1(req, res)),
    );
    return { ...gateway, url: await this.listening(server) };
  }

  /**
   * A listener with a proxy behind it, whose refusals are status 599 with the error's code. Only requests check the
   * backends.
   */
  async gateway(urls: string[], options: Partial<WebProxyOptions> = {}, pool: Partial<LoadBalancerOptions> = {}) {
    const logger = { info: () => {}, warn: () => {} };
    const balancer = new LoadBalancer({
      name: 'web',
      backends: urls.map((url) => ({ url })),
      healthCheck: { probe: async () => {} },
      logger,
      ...pool,
    });
    const web = createWebProxy({
      balancer,
      connectTimeoutMs: 2000,
      headersTimeoutMs: 10_000,
      idleTimeoutMs: 10_000,
      logger,
      refuse: (response, error) =>
        response.writeHead(599).end(error instanceof SlipstreamError ? error.code : String(error)),
      ...options,
    });
    web.setBackends(urls);
    const peers = new Peers([]);
    const context = (req: IncomingMessage) => ({
      requestId: 'r1',
      traceparent: TRACEPARENT,
      url: originForm(req.url ?? '/'),
      peer: peers.of(req),
      clientAddress: peers.clientAddress(req),
    });
    const handle = (req: IncomingMessage, res: ServerResponse) => web.request(req, res, context(req));
    const server = createServer({ shouldUpgradeCallback: ({ headers }) => headers.upgrade === 'websocket' }, handle);
    server.on('upgrade', (req, socket, head) => web.upgrade(req, socket, head, context(req)));
    const url = await this.listening(server);
    this.ends.push(() => web.close());
    return { url, port: Number(new URL(url).port), balancer, web, handle };
  }
}
