import { pino, type DestinationStream } from 'pino';

/** Destination of lines. */
export interface LineWriter {
  write(line: string): void;
  /** Number of lines that were dropped because the reader is too slow. */
  readonly dropped: number;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** Size that a pipe writes in one piece (PIPE_BUF), so that lines of other writers do not split these. */
const PIECE_BYTES = 4096;
/** Largest size of waiting lines; further ones are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** Writes to standard output without waiting for it. If the reader hangs, lines are lost and no request waits. */
export function standardOutput(): LineWriter {
  const stream = pino.destination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES, maxWrite: PIECE_BYTES });
  let dropped = 0;
  stream.on('drop', () => (dropped += 1));
  stream.on('error', () => {}); // the reader has left
  return {
    write: (line) => void stream.write(line),
    get dropped() {
      return dropped;
    },
    close: () =>
      new Promise((resolve) => {
        stream.once('close', resolve);
        stream.end();
      }),
  };
}

/** Writes to a stream that accepts all lines. */
export const writerTo = (stream: DestinationStream): LineWriter => ({
  write: (line) => stream.write(line),
  dropped: 0,
  close: async () => {},
});
