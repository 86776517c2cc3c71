import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Input } from './http1-inputs.js';

/** Nobody has to answer nonsense; a connection on which nothing comes for so long is left. */
const QUIET_MS = 150;
const LONGEST_MS = 2_000;

/** What came of an input. */
export interface Outcome {
  /** The first bytes that came back, in Latin-1. */
  received: string;
}

/** Sends an input over a connection of its own, reads what comes, and leaves. Never rejects: being refused is fine. */
export function send(url: string, input: Input, protocol: 'h2' | 'http/1.1'): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const { hostname: host, port, protocol: scheme } = new URL(url);
  const socket: Socket =
    scheme === 'https:'
      ? connectTls({ host, port: Number(port), ALPNProtocols: [protocol], rejectUnauthorized: false })
      : connect({ host, port: Number(port), noDelay: true });
  let received = '';
  const leave = (): void => void socket.destroy();
  let quiet = setTimeout(leave, LONGEST_MS);
  const longest = setTimeout(leave, LONGEST_MS);
  socket.on('data', (bytes: Buffer) => {
    if (received.length < 65_536) received += bytes.toString('latin1');
    clearTimeout(quiet);
    quiet = setTimeout(leave, QUIET_MS);
  });
  socket.on('error', leave).on('end', leave);
  socket.on('close', () => {
    clearTimeout(quiet);
    clearTimeout(longest);
    resolve({ received });
  });
  socket.once(scheme === 'https:' ? 'secureConnect' : 'connect', () => {
    clearTimeout(quiet);
    quiet = setTimeout(leave, QUIET_MS);
    writePieces(socket, input);
  });
  return promise;
}

/** Each piece in a turn of its own, so that most are packets of their own. */
function writePieces(socket: Socket, [piece, ...rest]: Input): void {
  if (piece === undefined || socket.destroyed) return;
  socket.write(piece, 'latin1', () => setImmediate(() => writePieces(socket, rest)));
}
