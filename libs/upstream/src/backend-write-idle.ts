import type { Socket } from 'node:net';
import type { Logger } from '@slipstream/contracts';
import { WriteIdleWatch } from '@slipstream/http';

/**
 * Ends connections to backends that stop reading an upload or a WebSocket. Until then the client is not read either, so
 * the gateway does not notice that the client has left.
 */
export class BackendWriteIdle {
  private readonly urls = new WeakMap<object, string>();
  private readonly watch: WriteIdleWatch;
  /** Ends the checks. */
  readonly stop: () => void;

  /** @param idleMs longest time in which a backend may accept none of the bytes that wait for it */
  constructor(idleMs: number, logger: Logger<'info'>) {
    this.watch = new WriteIdleWatch({ idleMs, streamIdleMs: idleMs }, ({ pendingBytes, idleMs }, carrier) =>
      logger.info(
        { backend: carrier && this.urls.get(carrier), pendingBytes, idleMs },
        'connection to a backend reset: it accepted no data within the limit; find out why it stopped reading, or ' +
          'raise listen.streamWriteIdleTimeoutMs',
      ),
    );
    this.stop = this.watch.start();
  }

  readonly add = (socket: Socket, { url }: { url: string }): void => {
    this.urls.set(socket, url);
    this.watch.add(socket);
  };
}
