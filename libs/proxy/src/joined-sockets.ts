import type { Duplex } from 'node:stream';
import { markTunnel } from '@slipstream/http';

/** Time over which many sockets are ended, so that their clients do not all reconnect at once. */
const SPREAD_MS = 5_000;
/** Time for the other side to end after one has ended: enough for data in transit, including closing frames. */
const LINGER_MS = 5_000;

/** Pairs of sockets that carry another protocol. Bytes pass unchanged, as fast as each side accepts them. */
export class JoinedSockets {
  private readonly backends = new Map<Duplex, string>();
  private isEnding = false;

  /**
   * Joins two sockets, which then end together, because a WebSocket has no half-open state (RFC 6455 section 7.1.1). If
   * one ends, the other is ended after its waiting data is sent. If that takes more than five seconds, both are
   * destroyed. Callers must have listeners for their errors; `close` follows each.
   *
   * @param url of the backend
   * @param head data that the client has sent after its handshake
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

  /** Ends the sockets at all other backends, over five seconds. */
  retain(urls: ReadonlySet<string>): void {
    this.endOver(
      SPREAD_MS,
      [...this.backends].filter(([, url]) => !urls.has(url)).map(([client]) => client),
    );
  }

  /** Accepts no more, and ends all over five seconds. Their clients reconnect elsewhere. */
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
        destroy(); // broken off: no further data follows
      else if (sides.every(({ destroyed }) => destroyed)) clearTimeout(timer);
    });
  }
}
