import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Content whose every byte is known: this many, and none like its neighbours. */
export const contentOf = (size: number, seed: string): Buffer => {
  const block = createHash('sha512').update(seed).digest();
  return Buffer.from(Array.from({ length: size }, (_, at) => block[at % block.length]! ^ (at >> 6)));
};

export const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

export interface MeasuredOrigin {
  /** host:port */
  address: string;
  server: Server;
  /** What the requests said of themselves in `X-Visit`, whether they came to their end or not. */
  visits: string[];
}

/**
 * A backend whose answers can be told right from wrong: known content to GET, the digest of what it got to the rest.
 */
export async function startMeasuredOrigin(name: string): Promise<MeasuredOrigin> {
  const visits: string[] = [];
  const server = createServer((request, response) => {
    visits.push(...[request.headers['x-visit'] ?? []].flat());
    const hash = createHash('sha256');
    request
      .on('data', (chunk: Buffer) => hash.update(chunk))
      .on('error', () => {})
      .on('end', () => {
        response.setHeader('x-backend', name);
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://origin');
        if (pathname !== '/content') return response.end(request.method === 'GET' ? 'ok' : hash.digest('hex'));
        const content = contentOf(Number(searchParams.get('size')), searchParams.get('seed') ?? '');
        // Half of the answers say their length, half end with a last chunk.
        if (content.length % 2 === 0) response.setHeader('content-length', content.length);
        response.end(content);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, server, visits };
}
