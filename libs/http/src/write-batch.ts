import type { Writable } from 'node:stream';

/** Those who came first are not kept waiting by any number of others. */
const MAX_WAITING = 128;

let waiting: (() => void)[] = [];

/**
 * Runs `write` when all that came in with this turn of the event loop has been dealt with, along with whatever else
 * waits for that. A peer that is written to now and then falls asleep in between, and waking it is the dearest part of
 * a small message; written to in one go, peers are awake for the next. Where little comes in, nothing waits.
 */
export function inWriteBatch(write: () => void): void {
  const length = waiting.push(write);
  if (length === 1) setImmediate(writeAll);
  else if (length === MAX_WAITING) writeAll();
}

/** What is written to `socket` from now on goes with the batch. */
export function holdWrites(socket: Writable): void {
  socket.cork();
  inWriteBatch(() => socket.uncork());
}

function writeAll(): void {
  const due = waiting;
  waiting = [];
  for (const write of due) write();
}
