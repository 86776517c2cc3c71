/** npm passes on a Ctrl-C that the terminal has already delivered to us, so one press arrives twice. */
const SAME_PRESS_MS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Calls back for each wish of a person (or a supervisor) that this process should end: once per press of Ctrl-C.
 * @param {(count: number) => void} onInterrupt told how many there were, from 1
 * @returns {() => void} ends the watching
 */
export function watchInterrupts(onInterrupt) {
  let count = 0;
  let lastAt = -Infinity;
  const handle = () => {
    const now = performance.now();
    if (now - lastAt < SAME_PRESS_MS) return;
    lastAt = now;
    count += 1;
    onInterrupt(count);
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}
