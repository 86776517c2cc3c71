import type { Duplex } from 'node:stream';
import { markTunnel } from '@slipstream/http';

/** Over how long many of them are ended, so that their clients don't all come back at once. */
const SPREAD_MS = 5_000;

/** Pairs of sockets that carry another protocol: bytes go through untouched, no faster than either side takes them. */
export class JoinedSockets {
  private readonly backends = new Map<Duplex, string>();
  private isEnding = false;

  /**
   * Joins two sockets, which from then on end together. Their errors are to be heard already; `close` follows each.
   *
   * @param url of the backend
   * @param head what the client has sent after its handshake already
   */
  join(client: Duplex, backend: Duplex, url: string, head: Buffer): void {
    if (client.destroyed || this.isEnding) {
      client.destroy();
      return void backend.destroy();
    }
    this.backends.set(client, url);
    markTunnel(client);
    backend.once('close', () => client.destroy());
    client.once('close', () => {
      this.backends.delete(client);
      backend.destroy();
    });
    if (head.length > 0) backend.write(head);
    client.pipe(backend).pipe(client);
  }

  /** Ends those at backends that are not among these, over five seconds. */
  retain(urls: ReadonlySet<string>): void {
    this.endOver(SPREAD_MS, [...this.backends].filter(([, url]) => !urls.has(url)).map(([client]) => client));
  }

  /** Takes no more, and ends all over five seconds: their clients come back elsewhere. */
  drain(): void {
    this.isEnding = true;
    this.endOver(SPREAD_MS, [...this.backends.keys()]);
  }

  /** Ends all of them at once. */
  close(): void {
    this.isEnding = true;
    for (const client of this.backends.keys()) client.destroy();
  }

  private endOver(ms: number, clients: readonly Duplex[]): void {
    for (const [index, client] of clients.entries()) setTimeout(() => client.destroy(), (ms * index) / clients.length).unref();
  }
}
