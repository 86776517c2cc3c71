import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A connection between a client and a server that a spec can cut. */
export interface TcpProxy {
  /** The target's URL through this proxy. */
  readonly url: string;
  /** Closes all connections and accepts none. */
  cut(): void;
  /** Accepts connections again. */
  mend(): void;
  /** Keeps data from the server until the connection is cut. */
  holdReplies(): void;
  /** Inserts bytes into every connection to the server. */
  send(bytes: Buffer): void;
  close(): Promise<void>;
}

/** @param options.isCut whether it starts cut */
export async function startTcpProxy(target: string, options: { isCut?: boolean } = {}): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let isCut = options.isCut ?? false;

  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = connect({ host: hostname, port: Number(port) });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => [client, upstream].forEach((end) => end.destroy()));
    }
    upstreams.add(upstream);
    client.pipe(upstream);
    upstream.pipe(client);
  });

  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    upstreams.clear();
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut,
    mend: () => void (isCut = false),
    holdReplies: () => upstreams.forEach((upstream) => upstream.unpipe().pause()),
    send: (bytes) => upstreams.forEach((upstream) => upstream.write(bytes)),
    close: async () => {
      cut();
      await once(server.close(), 'close');
    },
  };
}
