import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * A real Redis behind a bad network: a TCP relay that can cut connections, refuse new ones, and fall silent. Specs use
 * it for outages without stopping a server that others share.
 */
export class FaultyRedis {
  private server: Server | undefined;
  private port = 0;
  private isSilent = false;
  private readonly sockets = new Set<Socket>();

  private constructor(private target: URL) {}

  /** @param url `redis://` of the real server */
  static async inFrontOf(url: string): Promise<FaultyRedis> {
    const relay = new FaultyRedis(new URL(url));
    await relay.restore();
    return relay;
  }

  /** URL for clients; stays the same through outages. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** Closes every connection; new ones are accepted. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /**
   * Another server takes over this address, as in a failover: connections break, and new ones lead to it.
   * @param url `redis://` of that server
   */
  switchTo(url: string): void {
    this.target = new URL(url);
    this.cut();
  }

  /** Closes every connection and refuses new ones, until {@link restore}. */
  async refuse(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    server.close();
    this.cut();
    await once(server, 'close');
  }

  /** Keeps connections open, but forwards nothing, until {@link restore}. */
  silence(): void {
    this.isSilent = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Ends the outage. Disconnected clients reconnect by themselves. */
  async restore(): Promise<void> {
    this.isSilent = false;
    for (const socket of this.sockets) socket.resume();
    if (this.server) return;
    this.server = createServer((client) => this.relay(client)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  private relay(client: Socket): void {
    const upstream = connect(Number(this.target.port || 6379), this.target.hostname);
    this.join(client, upstream);
    this.join(upstream, client);
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => {}); // the close event that follows is sufficient
    from.once('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    if (this.isSilent) from.pause();
  }
}
