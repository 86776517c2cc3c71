import { join } from 'node:path';
import { buildWhenStale } from '../../tools/build.mjs';
import { ROOT, STATE_DIR, say } from '../../tools/workspace.mjs';

/** Builds standalone, and with it every service and library, if a source has changed since the last build. */
export const buildServices = () =>
  buildWhenStale({
    root: ROOT,
    project: join('apps', 'standalone'),
    node: process.execPath,
    stampFile: join(STATE_DIR, 'build.stamp'),
    log: say,
  });
