import type { Writable } from 'node:stream';

/** A batch of this size is written at once, so that early writes do not wait for many later ones. */
const MAX_WAITING = 128;

let waiting: (() => void)[] = [];

/**
 * Runs `write` after all input of this turn of the event loop is processed, together with all other batched writes. A
 * peer with few messages sleeps in between, and waking it is the most expensive part of a small message. Written in one
 * batch, the peers stay awake for the next one. With little input, writes do not wait.
 */
export function inWriteBatch(write: () => void): void {
  const length = waiting.push(write);
  if (length === 1) setImmediate(writeAll);
  else if (length === MAX_WAITING) writeAll();
}

/** From now on, data for `socket` is written with the batch. */
export function holdWrites(socket: Writable): void {
  socket.cork();
  inWriteBatch(() => socket.uncork());
}

function writeAll(): void {
  const due = waiting;
  waiting = [];
  for (const write of due) write();
}
