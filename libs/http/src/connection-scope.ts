import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

const scope = new AsyncLocalStorage<Socket | undefined>();

/**
 * What the events of a server's connections lead to, now or later, runs in the scope of the connection, whatever
 * protocol that speaks.
 */
export function scopeConnections(server: EventEmitter): void {
  // Before the server's own listener, which makes what calls back later: the parser, the TLS connection, the session of
  // HTTP/2.
  server.prependListener('connection', (socket: Socket) => scope.enterWith(socket));
}

/** The accepted socket in whose scope this is called: below TLS, where there is any. */
export const connectionInScope = (): Socket | undefined => scope.getStore();

/** Runs `work` in no connection's scope: what it opens will serve others, too. */
export const outsideConnections = <T>(work: () => T): T => (scope.getStore() ? scope.run(undefined, work) : work());

/**
 * Ends the connection in whose scope this is called, by an error that nobody caught.
 * @returns false when there is none, or when it has ended before: the error may then have hurt any other
 */
export function endConnectionInScope(): boolean {
  const socket = scope.getStore();
  if (!socket || socket.destroyed) return false;
  socket.destroy();
  return true;
}
