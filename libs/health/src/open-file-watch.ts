import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Logger } from '@slipstream/telemetry';
import { openFileLimit } from './open-file-limit.js';

const INTERVAL_MS = 1_000;
const REPORT_INTERVAL_MS = 60_000;

/**
 * Logs when the process has used up its open files, at most once a minute. Without it nothing does: the runtime then
 * closes new connections by itself, without an event.
 *
 * @returns ends the watch
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

/** Only an attempt shows it: the list of open files is a file itself. */
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
    ? `the process has used up the ${limit} files and sockets that it may have open: new connections are closed unanswered; raise that limit (ulimit -n, LimitNOFILE), or, of a gateway, lower listen.maxConnections`
    : 'the system has used up its open files: new connections are closed unanswered; raise fs.file-max, or, of a gateway, lower listen.maxConnections';
