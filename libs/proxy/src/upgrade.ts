import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { messageOf } from '@slipstream/contracts';
import type { Lease, LoadBalancer } from '@slipstream/balancer';
import { endToEndHeaders } from '@slipstream/http';
import { originForm } from './origin-form.js';

export interface UpgradeOptions {
  balancer: LoadBalancer;
  connectTimeoutMs: number;
  logger: { warn(fields: object, message: string): void };
}

/**
 * Passes a WebSocket handshake on and, when the backend agrees (101), joins the two sockets: from there on bytes go
 * through untouched, each side no faster than the other takes them. Another answer than 101 is passed back as it is.
 * @param headers what the backend is sent, hop-by-hop fields already removed
 */
export function joinUpgrade({ balancer, connectTimeoutMs, logger }: UpgradeOptions, request: IncomingMessage, client: Duplex, head: Buffer, headers: string[]): void {
  let lease: Lease;
  try {
    lease = balancer.pick();
  } catch (error) {
    logger.warn({ reason: messageOf(error) }, 'WebSocket refused');
    return refuse(client, '503 Service Unavailable');
  }
  const origin = new URL(lease.backend.url);
  const upstream = (origin.protocol === 'https:' ? httpsRequest : httpRequest)(origin, {
    path: originForm(request.url ?? '/'),
    agent: false,
    setHost: false,
    headers: [...headers, 'Connection', 'Upgrade', 'Upgrade', 'websocket'],
    timeout: connectTimeoutMs,
  });
  client.on('error', () => client.destroy()).once('close', () => (upstream.destroy(), lease.release()));
  upstream
    .once('timeout', () => upstream.destroy(new Error('no answer to the WebSocket handshake')))
    .once('upgrade', (answer, socket, rest) => join(client, socket, head, rest, answer))
    .once('response', (answer) => passBack(client, answer))
    .once('error', (error: Error) => {
      logger.warn({ backend: lease.backend.url, reason: error.message }, 'WebSocket handshake failed');
      lease.release('failed');
      refuse(client, '502 Bad Gateway');
    })
    .end();
}

function join(client: Duplex, backend: Duplex, head: Buffer, rest: Buffer, answer: IncomingMessage): void {
  client.write(`${headOf(answer, endToEndHeaders(answer.rawHeaders))}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  client.write(rest);
  backend.write(head);
  backend.on('error', () => client.destroy()).once('close', () => client.destroy());
  client.once('close', () => backend.destroy());
  for (const socket of [client, backend]) (socket as Duplex & { setTimeout?(ms: number): void }).setTimeout?.(0);
  client.pipe(backend).pipe(client);
}

/** The backend does not want a WebSocket here: its answer goes back, and the connection ends with it. */
function passBack(client: Duplex, answer: IncomingMessage): void {
  client.write(`${headOf(answer, endToEndHeaders(answer.rawHeaders))}Connection: close\r\n\r\n`);
  answer.once('error', () => client.destroy()).pipe(client);
}

function headOf({ statusCode, statusMessage }: IncomingMessage, headers: string[]): string {
  const fields = headers.map((text, index) => (index % 2 ? `${text}\r\n` : `${text}: `)).join('');
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${fields}`;
}

function refuse(client: Duplex, status: string): void {
  client.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
