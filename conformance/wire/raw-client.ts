import { once } from 'node:events';
import { connect } from 'node:net';
import type { Ending } from './strict-responses.js';

const DEADLINE_MS = 4_000;

/** A connection on which a test says every byte itself. Text is Latin-1: one character is one byte. */
export interface RawClient {
  received(): string;
  ending(): Ending;
  send(bytes: string): void;
  /** Resolves once this holds of what was received. @throws after four seconds, with what was */
  until(isReachable: (received: string, ending: Ending) => boolean, what: string): Promise<void>;
  /** Ends it, whatever its state. */
  close(): void;
}

/** Connects to the host and port of a URL. */
export async function openRaw(url: string): Promise<RawClient> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let received = '';
  let ending: Ending = 'open';
  let look = (): void => {};
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => ((received += text), look()));
  socket.on('end', () => ((ending = 'finished'), look()));
  socket.on('error', () => ((ending = 'reset'), look()));
  await once(socket, 'connect');
  return {
    received: () => received,
    ending: () => ending,
    send: (bytes) => void socket.write(bytes, 'latin1'),
    async until(isReachable, what) {
      const there = Promise.withResolvers<void>();
      const timer = setTimeout(
        () =>
          there.reject(
            new Error(`${what} did not come; the connection is ${ending}, and brought ${JSON.stringify(received)}`),
          ),
        DEADLINE_MS,
      );
      look = () => void (isReachable(received, ending) && there.resolve());
      look();
      await there.promise.finally(() => clearTimeout(timer));
    },
    close: () => void socket.destroy(),
  };
}
