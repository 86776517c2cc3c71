import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers everything with 200: the content of the request, else its target. */
export async function startBackend(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/cached')) response.setHeader('cache-control', 'max-age=5');
    response.setHeader('etag', '"a"');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
    request.on('end', () => response.end(chunks.length > 0 ? Buffer.concat(chunks) : (request.url ?? '')));
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
