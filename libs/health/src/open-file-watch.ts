import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Logger } from '@slipstream/telemetry';
import { openFileLimit } from './open-file-limit.js';

const INTERVAL_MS = 1_000;
const REPORT_INTERVAL_MS = 60_000;

/**
 * Logs when the process has used up its open files, at most once a minute. Without this watch the condition is
 * invisible: the runtime closes new connections without an event.
 *
 * @returns a function that stops the watch
 */
export function watchOpenFiles(logger: Pick<Logger, 'error'>): () => void {
  const limit = openFileLimit();
  let reportedAtMs = -Infinity;
  const timer = setInterval(() => {
    const code = shortage();
    if (!code || performance.now() - reportedAtMs < REPORT_INTERVAL_MS) return;
    reportedAtMs = performance.now();
    logger.error({ code, limit }, textOf(code, limit));
  }, INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

/** Only opening a file shows it: the list of open files is itself a file. */
function shortage(): 'EMFILE' | 'ENFILE' | undefined {
  try {
    closeSync(openSync(devNull, 'r'));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EMFILE' || code === 'ENFILE' ? code : undefined;
  }
}

const textOf = (code: 'EMFILE' | 'ENFILE', limit: number): string =>
  code === 'EMFILE'
    ? `the process reached its limit of ${limit} open files, and new connections are closed without an ` +
      'answer; raise the limit (ulimit -n, LimitNOFILE), or lower listen.maxConnections of the gateway'
    : 'the system reached its limit of open files, and new connections are closed without an answer; raise ' +
      'fs.file-max, or lower listen.maxConnections of the gateway';
