import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The gateway's certificate is its own. */
const TRUSTING = { rejectUnauthorized: false };

/** Clients that stop reading once they have an answer's head. */
export class SlowClients {
  private readonly sockets: Socket[] = [];
  private readonly sessions: ClientHttp2Session[] = [];

  /** @param url whose scheme decides about TLS */
  async http1(url: string, path: string): Promise<void> {
    const { hostname, port, protocol } = new URL(url);
    const socket =
      protocol === 'https:'
        ? connectTls({ host: hostname, port: Number(port), ...TRUSTING })
        : connectTcp(Number(port), hostname);
    this.sockets.push(socket.on('error', () => {}));
    await once(socket, protocol === 'https:' ? 'secureConnect' : 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    await once(socket, 'readable');
    socket.read(1);
    socket.pause();
  }

  /** Asks for all paths on one connection whose streams have no window. */
  async http2(url: string, paths: readonly string[]): Promise<void> {
    const session = connectHttp2(url, { ...TRUSTING, settings: { initialWindowSize: 0 } });
    this.sessions.push(session.on('error', () => {}));
    const streams = paths.map((path) => session.request({ ':path': path }).on('error', () => {}));
    await Promise.all(streams.map((stream) => once(stream, 'response')));
  }

  leave(): void {
    for (const socket of this.sockets.splice(0)) socket.destroy();
    for (const session of this.sessions.splice(0)) session.destroy();
  }
}

/** An honest client of HTTP/2 whose link is slow: everything that it asks for at once shares one small window. */
export async function loadAll(url: string, paths: readonly string[]): Promise<(Buffer | string)[]> {
  const session = connectHttp2(url, { ...TRUSTING, settings: { initialWindowSize: 16 * 1024 } }).on('error', () => {});
  try {
    await once(session, 'remoteSettings');
    return await Promise.all(paths.map((path) => bodyOfStream(session.request({ ':path': path }))));
  } finally {
    session.destroy();
  }
}

async function bodyOfStream(stream: ClientHttp2Stream): Promise<Buffer | string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (error) {
    return String(error);
  }
}
