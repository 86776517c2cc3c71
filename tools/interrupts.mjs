import { closeSync, openSync } from 'node:fs';

/** npm passes on a Ctrl-C that the terminal has already delivered to us, so one press arrives twice. */
const SAME_PRESS_MS = 500;

/**
 * Calls back for each request of a user or supervisor to end this process: once per press of Ctrl-C.
 * @param {(count: number) => void} onInterrupt gets the number of requests, from 1
 * @param {{onReload?: () => void}} [options] onReload is called for a SIGHUP that is not the end of the terminal;
 *   without it, every SIGHUP is an interrupt
 * @returns {() => void} ends the watching
 */
export function watchInterrupts(onInterrupt, { onReload } = {}) {
  const hadTerminal = hasTerminal();
  let count = 0;
  let lastAt = -Infinity;
  const handle = () => {
    const now = performance.now();
    if (now - lastAt < SAME_PRESS_MS) return;
    lastAt = now;
    count += 1;
    onInterrupt(count);
  };
  const onHangUp = () => (onReload && hasTerminal() === hadTerminal ? onReload() : handle());
  const handlers = { SIGINT: handle, SIGTERM: handle, SIGHUP: onHangUp };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  };
}

/** A terminal that was closed can't be opened any more. */
function hasTerminal() {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
