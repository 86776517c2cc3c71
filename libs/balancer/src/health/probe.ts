import type { Backend } from '../backend.js';

/** Checks a backend. Resolves if it is healthy, rejects with the reason if not, and ends when `signal` aborts. */
export type Probe = (backend: Backend, signal: AbortSignal) => Promise<void>;

/** A probe rejects with this error if the backend answered, but not as a healthy one. */
export class UnhealthyError extends Error {}

/**
 * Runs a probe with a timeout, even if the probe ignores its signal.
 * @throws the error of the probe, or the reason of its end
 */
export async function runProbe(probe: Probe, backend: Backend, timeoutMs: number, stop: AbortSignal): Promise<void> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const signal = AbortSignal.any([deadline.signal, stop]);
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', end);
  try {
    await Promise.race([probe(backend, signal), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end); // else every check would stay reachable from `stop`
  }
}
