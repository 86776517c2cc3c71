import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BodyOrigin {
  url: string;
  close(): void;
}

const PERIOD = 64 * 1024 + 1;
const pattern = Buffer.from(Array.from({ length: PERIOD }, (_, at) => (at * 31 + (at >> 8)) & 0xff));

/** Bytes of which any that are left out, doubled or out of place are found out. */
export const bodyOf = (size: number): Buffer => Buffer.alloc(size, pattern);

/**
 * A backend that answers `/cached/SIZE/NAME` with a body that may be stored for an hour, and `/direct/SIZE/NAME` with
 * one that may not.
 */
export async function startBodyOrigin(): Promise<BodyOrigin> {
  const bodies = new Map<number, Buffer>();
  const server = createServer((request, response) => {
    const [, kind, length] = (request.url ?? '/').split('/');
    const size = kind === 'cached' || kind === 'direct' ? Number(length) : 0;
    const body = bodies.get(size) ?? bodyOf(size);
    bodies.set(size, body);
    response
      .writeHead(200, {
        'Cache-Control': kind === 'cached' ? 'public, max-age=3600' : 'no-store',
        'Content-Length': body.length,
      })
      .end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
