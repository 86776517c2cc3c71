import type { Duplex } from 'node:stream';
import type { Http1Controller, Http1Handler, Http1Pool, Http1Request } from '@slipstream/http1';
import { handshakeViolation } from './handshake-violation.js';

/**
 * Opens a WebSocket to a backend.
 *
 * @param key the Sec-WebSocket-Key of the request
 * @throws Http1Error; or Error if the backend does not accept the handshake
 * @throws the signal's reason if it aborts
 */
export function openWebSocket(
  pool: Http1Pool,
  request: Http1Request,
  key: string,
  signal: AbortSignal,
): Promise<Duplex> {
  const opening = new Opening(key, signal);
  pool.dispatch(request, opening);
  return opening.opened;
}

class Opening implements Http1Handler {
  readonly opened: Promise<Duplex>;
  private readonly opening = Promise.withResolvers<Duplex>();
  private controller?: Http1Controller;

  constructor(
    private readonly key: string,
    private readonly signal: AbortSignal,
  ) {
    this.opened = this.opening.promise.finally(() => signal.removeEventListener('abort', this.abort));
  }

  onStart(controller: Http1Controller): void {
    this.controller = controller;
    if (this.signal.aborted) this.abort();
    else this.signal.addEventListener('abort', this.abort);
  }

  onHeaders(statusCode: number): void {
    this.controller?.abort(new Error(`the handshake was answered with ${statusCode}`));
  }

  onData(): void {}

  onEnd(): void {}

  onError(error: Error): void {
    this.opening.reject(error);
  }

  onUpgrade(_statusCode: number, rawHeaders: string[], socket: Duplex, head: Buffer): void {
    socket.on('error', () => {}); // close follows
    const violation = handshakeViolation(rawHeaders, this.key);
    if (violation !== undefined) {
      socket.destroy();
      return this.opening.reject(new Error(violation));
    }
    if (head.length > 0) socket.unshift(head);
    this.opening.resolve(socket);
  }

  private readonly abort = (): void => this.controller?.abort(this.signal.reason as Error);
}
