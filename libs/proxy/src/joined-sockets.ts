import type { Duplex } from 'node:stream';
import { markTunnel } from '@slipstream/http';

/** Over how long many of them are ended, so that their clients don't all come back at once. */
const SPREAD_MS = 5_000;
/** How long the other side may take to end after one has: enough for what is under way, closing frames among it. */
const LINGER_MS = 5_000;

/** Pairs of sockets that carry another protocol: bytes go through untouched, no faster than either side takes them. */
export class JoinedSockets {
  private readonly backends = new Map<Duplex, string>();
  private isEnding = false;

  /**
   * Joins two sockets, which from then on end together: a WebSocket has no half-open state (RFC 6455 section 7.1.1).
   * When one ends, so does the other, after what waits for it is sent, and both are destroyed when that takes more than
   * five seconds. Their errors are to be heard already; `close` follows each.
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
    client.once('close', () => this.backends.delete(client));
    endTogether(client, backend);
    if (head.length > 0) backend.write(head);
    client.pipe(backend).pipe(client); // passes on each end
  }

  /** Ends those at backends that are not among these, over five seconds. */
  retain(urls: ReadonlySet<string>): void {
    this.endOver(
      SPREAD_MS,
      [...this.backends].filter(([, url]) => !urls.has(url)).map(([client]) => client),
    );
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
    for (const [index, client] of clients.entries())
      setTimeout(() => client.destroy(), (ms * index) / clients.length).unref();
  }
}

function endTogether(...sides: readonly [Duplex, Duplex]): void {
  let timer: NodeJS.Timeout | undefined;
  const destroy = (): void => sides.forEach((side) => side.destroy());
  const linger = (): void => void (timer ??= setTimeout(destroy, LINGER_MS).unref());
  for (const side of sides) {
    side.once('end', linger).once('close', () => {
      if (!side.readableEnded)
        destroy(); // broken off: nothing follows
      else if (sides.every(({ destroyed }) => destroyed)) clearTimeout(timer);
    });
  }
}
