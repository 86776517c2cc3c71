import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A network link to a store that can be cut and mended: what a service sees when the store goes away. */
export class Link {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    /** The store's URL by way of this link. */
    readonly url: string,
  ) {}

  /** @param url the store's own URL */
  static async to(url: string, defaultPort: number): Promise<Link> {
    const target = new URL(url);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String((server.address() as { port: number }).port);
    const link = new Link(server, through.href);
    server.on('connection', (socket) =>
      link.join(socket, connect(Number(target.port || defaultPort), target.hostname)),
    );
    return link;
  }

  /** Resets every connection, and each that is tried from now on. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.isCut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private join(client: Socket, store: Socket): void {
    for (const socket of [client, store]) {
      this.sockets.add(socket);
      socket
        .setNoDelay(true)
        .on('error', () => undefined)
        .on('close', () => {
          this.sockets.delete(socket);
          client.destroy();
          store.destroy();
        });
    }
    if (this.isCut) return void client.resetAndDestroy();
    client.pipe(store).pipe(client);
  }
}
