import type { Backend } from '../backend.js';

/**
 * Asks a backend whether it is well: resolves when it is, rejects with the reason when not, ends when `signal` aborts.
 */
export type Probe = (backend: Backend, signal: AbortSignal) => Promise<void>;

/** What a probe rejects with when the backend did answer, but not as one that is well. */
export class UnhealthyError extends Error {}

/**
 * Runs a probe under a timeout, even if it ignores its signal.
 * @throws what the probe throws, or why it was ended
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
