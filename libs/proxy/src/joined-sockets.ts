import type { Duplex } from 'node:stream';

/** Pairs of sockets that carry another protocol: bytes go through untouched, no faster than either side takes them. */
export class JoinedSockets {
  private readonly clients = new Set<Duplex>();

  /**
   * Joins two sockets, which from then on end together. Their errors are to be heard already; `close` follows each.
   *
   * @param head what the client has sent after its handshake already
   */
  join(client: Duplex, backend: Duplex, head: Buffer): void {
    if (client.destroyed) return void backend.destroy();
    this.clients.add(client);
    backend.once('close', () => client.destroy());
    client.once('close', () => {
      this.clients.delete(client);
      backend.destroy();
    });
    if (head.length > 0) backend.write(head);
    client.pipe(backend).pipe(client);
  }

  /** Ends all of them. */
  close(): void {
    for (const client of this.clients) client.destroy();
  }
}
