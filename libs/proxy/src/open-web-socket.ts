import type { Duplex } from 'node:stream';
import type { Http1Controller, Http1Pool, Http1Request } from '@slipstream/http1';
import { handshakeFault } from './handshake-fault.js';

/**
 * Opens a WebSocket to a backend.
 *
 * @param key the Sec-WebSocket-Key of the request
 * @throws Http1Error; or Error when the backend answers anything but an agreement to the handshake
 * @throws the signal's reason when it aborts
 */
export function openWebSocket(
  pool: Http1Pool,
  request: Http1Request,
  key: string,
  signal: AbortSignal,
): Promise<Duplex> {
  const opened = Promise.withResolvers<Duplex>();
  let controller: Http1Controller | undefined;
  const abort = (): void => controller?.abort(signal.reason as Error);
  pool.dispatch(request, {
    onStart(own) {
      controller = own;
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort);
    },
    onHeaders(statusCode) {
      controller?.abort(new Error(`the handshake is answered with ${statusCode}`));
    },
    onData() {},
    onEnd() {},
    onError: opened.reject,
    onUpgrade(_, rawHeaders, socket, head) {
      socket.on('error', () => {}); // close follows
      const fault = handshakeFault(rawHeaders, key);
      if (fault !== undefined) {
        socket.destroy();
        return opened.reject(new Error(fault));
      }
      if (head.length > 0) socket.unshift(head);
      opened.resolve(socket);
    },
  });
  return opened.promise.finally(() => signal.removeEventListener('abort', abort));
}
