import { once } from 'node:events';
import http, { type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

/** Both are of RFC 6455, section 1.3: the server's answer to this key. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/**
 * Agrees to the handshake on a server's socket, and bears that the other end breaks off: without a listener for
 * `error`, a reset would end the whole process of the specs.
 */
export function agreeToWebSocket(socket: Duplex): Duplex {
  socket
    .on('error', () => {})
    .write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        `Sec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
    );
  return socket;
}

/** Asks for a WebSocket. @returns its socket, and the bytes that came with the answer */
export async function openWebSocket(
  url: string,
  { headers, rejectUnauthorized }: { headers?: OutgoingHttpHeaders; rejectUnauthorized?: boolean } = {},
): Promise<{ socket: Duplex; head: Buffer }> {
  const { request } = url.startsWith('https:') ? https : http;
  const asking = request(url, {
    rejectUnauthorized,
    headers: { ...headers, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': KEY },
  }).end();
  const [, socket, head] = (await once(asking, 'upgrade')) as [unknown, Duplex, Buffer];
  return { socket: socket.on('error', () => {}), head };
}
