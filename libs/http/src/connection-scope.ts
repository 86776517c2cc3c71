import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

const scope = new AsyncLocalStorage<Socket | undefined>();

/**
 * Runs all work that the events of a connection cause, now or later, in the scope of that connection, for every
 * protocol.
 */
export function scopeConnections(server: EventEmitter): void {
  // Before the server's own listener, which creates the parser, the TLS connection or the HTTP/2 session that call back
  // later.
  server.prependListener('connection', (socket: Socket) => scope.enterWith(socket));
}

/** The accepted socket of the current scope. With TLS, the socket below it. */
export const connectionInScope = (): Socket | undefined => scope.getStore();

/** Runs `work` in no connection's scope, because the resources that it opens serve other connections too. */
export const outsideConnections = <T>(work: () => T): T => (scope.getStore() ? scope.run(undefined, work) : work());

/**
 * Ends the connection of the current scope after an uncaught error.
 * @returns false if there is no scope, or the connection has ended already; the error may have affected any other
 *   connection then
 */
export function endConnectionInScope(): boolean {
  const socket = scope.getStore();
  if (!socket || socket.destroyed) return false;
  socket.destroy();
  return true;
}
