import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Large enough to be compressed, and no valid content of any type. */
const FILE = 'a { color: red }\n'.repeat(100);
const TYPES: Readonly<Record<string, string>> = { css: 'text/css', png: 'image/png' };

/** Answers everything with 200: the content of the request, else a file of its type, else its target. */
export async function startBackend(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/cached')) response.setHeader('cache-control', 'max-age=5');
    response.setHeader('etag', '"a"');
    const type = TYPES[/^\/static\/[^?]*\.(\w+)/.exec(request.url ?? '')?.[1] ?? ''];
    if (type !== undefined) response.setHeader('content-type', type).setHeader('vary', 'accept-encoding');
    const own = type === undefined ? (request.url ?? '') : FILE;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
    request.on('end', () => response.end(chunks.length > 0 ? Buffer.concat(chunks) : own));
  });
  server.keepAliveTimeout = 0; // a connection that is closed under a POST would be a fault of this backend
  server.on('clientError', (_, socket) => socket.destroy());
  server.on('upgrade', (_, socket) =>
    socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => (server.closeAllConnections(), void server.close()),
  };
}
