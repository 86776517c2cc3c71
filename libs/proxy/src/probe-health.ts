import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { UnwellError, type Backend, type Probe } from '@slipstream/balancer';
import { messageOf } from '@slipstream/contracts';
import { nameResolver } from '@slipstream/http';
import { Client, type Dispatcher } from 'undici';

/** What a well backend answers. */
export interface HealthProbeOptions {
  /** Asked with GET. */
  path: string;
  minStatus: number;
  maxStatus: number;
  /** A text that the answer must contain, within its first 64 KiB. */
  expectedBody?: string;
  /** Where a WebSocket handshake must be agreed to, and a first message sent, if it is by other backends. */
  webSocketPath?: string;
  /** Name of this proxy in Via, by which a backend that is this gateway itself is found out. Absent: none is sent. */
  pseudonym?: string;
}

const MAX_BODY_BYTES = 64 * 1024;
const HEADERS = { 'user-agent': 'slipstream-health' };

/**
 * Asks the backends of one pool, over connections of its own, so that one that takes no new ones is found.
 *
 * A WebSocket that doesn't open counts only against a backend whose neighbours' do: where nobody's does, the application
 * has none, or lost what they all need for it, and its pages are still better than no pages.
 */
export function probeHealth(options: HealthProbeOptions): Probe {
  const hearing = new RecentlySeen();
  return async (backend, signal) => {
    const { url, serverName } = backend;
    const { lookup } = nameResolver;
    const client = new Client(url, { connect: serverName === undefined ? { lookup } : { lookup, servername: serverName } });
    try {
      await askPage(client, backend, options, signal);
      if (options.webSocketPath === undefined) return;
      const headers = headersFor(backend, options.pseudonym);
      const why = await whyDeaf(client, headers, options.webSocketPath, signal);
      hearing.note(url, why === undefined);
      if (why !== undefined && hearing.isAny()) throw new UnwellError(why);
    } finally {
      void client.destroy();
    }
  };
}

/** A backend that was found by name is asked by that name. */
const headersFor = ({ serverName }: Backend, pseudonym: string | undefined): Record<string, string> => ({
  ...HEADERS,
  ...(serverName !== undefined && { host: serverName }),
  ...(pseudonym !== undefined && { via: `1.1 ${pseudonym}` }),
});

async function askPage(client: Client, backend: Backend, { path, minStatus, maxStatus, expectedBody, pseudonym }: HealthProbeOptions, signal: AbortSignal): Promise<void> {
  const { statusCode, body } = await client.request({ method: 'GET', path, headers: headersFor(backend, pseudonym), signal });
  if (statusCode < minStatus || statusCode > maxStatus) throw new UnwellError(`${path} answers ${statusCode}`);
  const text = await firstOf(body);
  if (expectedBody !== undefined && !text.includes(expectedBody)) throw new UnwellError(`${path} answers without the expected text`);
}

async function firstOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if ((size += chunk.length) >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString();
}

/** @returns why the backend can't be spoken to over a WebSocket; undefined when it sends a first message */
async function whyDeaf(client: Client, own: Record<string, string>, path: string, signal: AbortSignal): Promise<string | undefined> {
  const headers = { ...own, 'sec-websocket-version': '13', 'sec-websocket-key': randomBytes(16).toString('base64') };
  let socket: Duplex | undefined;
  try {
    ({ socket } = await client.upgrade({ path, headers, protocol: 'websocket', signal }));
    const [message] = (await once(socket, 'data', { signal })) as [Buffer];
    return isData(message) ? undefined : `the WebSocket at ${path} closes without a message`;
  } catch (error) {
    return `the WebSocket at ${path} gives no message: ${messageOf(error)}`;
  } finally {
    socket?.destroy(); // a socket that changed its protocol is the client's no more
  }
}

/** Whether a frame carries text or binary data (RFC 6455 section 5.2). */
const isData = (frame: Buffer): boolean => [1, 2].includes((frame[0] ?? 0) & 0x0f);

/** How long a backend that was checked says something of its neighbours. */
const MEMORY_MS = 300_000;

/** The backends of which something was seen not long ago. */
class RecentlySeen {
  private readonly seenAtMs = new Map<string, number>();

  note(url: string, isSeen: boolean): void {
    if (isSeen) this.seenAtMs.set(url, performance.now());
    else this.seenAtMs.delete(url);
  }

  isAny(): boolean {
    for (const [url, atMs] of this.seenAtMs) if (performance.now() - atMs > MEMORY_MS) this.seenAtMs.delete(url);
    return this.seenAtMs.size > 0;
  }
}
