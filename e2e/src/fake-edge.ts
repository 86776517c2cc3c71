import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

interface Stored {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly storedAt: number;
  readonly freshUntil: number;
}

/**
 * A content delivery network in one process: it stores by CDN-Cache-Control, else Cache-Control, and serves the method
 * PURGE by URL, prefix (`*`) and Surrogate-Key.
 */
export class FakeEdge {
  /** Where it fetches from. */
  origin = '';
  /** Answers in place of the network. */
  fault?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly purges: string[] = [];
  private readonly stored = new Map<string, Stored>();
  private readonly server: Server = createServer((req, res) => void this.serve(req, res));

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close().closeAllConnections();
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (this.fault?.(req, res)) return;
    if (req.method === 'PURGE') return this.purge(req, res);
    const url = req.url ?? '/';
    const found = this.stored.get(url);
    if (found && Date.now() < found.freshUntil) return send(res, found, 'hit');
    const fetched = await this.fetch(url, req.headers).catch(() => undefined);
    if (!fetched) return void res.writeHead(502).end();
    if (fetched.freshUntil > Date.now()) this.stored.set(url, fetched);
    send(res, fetched, 'miss');
  }

  private async fetch(url: string, { cookie, accept }: IncomingMessage['headers']): Promise<Stored> {
    const headers = { ...(cookie !== undefined && { cookie }), ...(accept !== undefined && { accept }) };
    const sent = request(this.origin + url, { headers, agent: false }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const body = Buffer.concat(await response.toArray());
    const now = Date.now();
    const { headers: fields, statusCode = 0 } = response;
    const lifetimeMs = statusCode === 200 ? lifetimeOf(fields) : 0;
    return { status: statusCode, headers: fields, body, storedAt: now, freshUntil: now + lifetimeMs };
  }

  private purge({ url = '/', headers }: IncomingMessage, res: ServerResponse): void {
    const keys = headers['surrogate-key'];
    this.purges.push(keys === undefined ? url : `${url} ${String(keys)}`);
    const tags = String(keys ?? '').split(' ');
    const isPurged = ([stored, { headers: fields }]: [string, Stored]): boolean => {
      if (keys !== undefined)
        return String(fields['surrogate-key'])
          .split(' ')
          .some((tag) => tags.includes(tag));
      return url.endsWith('*') ? stored.startsWith(url.slice(0, -1)) : stored === url;
    };
    for (const entry of [...this.stored].filter(isPurged)) this.stored.delete(entry[0]);
    res.end();
  }
}

function lifetimeOf(fields: IncomingMessage['headers']): number {
  const control = String(fields['cdn-cache-control'] ?? fields['cache-control'] ?? '');
  if (/no-store|no-cache|private/.test(control)) return 0;
  return Number(/max-age=(\d+)/.exec(control)?.[1] ?? 0) * 1000;
}

function send(res: ServerResponse, { status, headers, body, storedAt }: Stored, outcome: string): void {
  const age = Math.floor((Date.now() - storedAt) / 1000) + Number(headers.age ?? 0);
  res.writeHead(status, { ...headers, age: String(age), 'x-edge': outcome }).end(body);
}
