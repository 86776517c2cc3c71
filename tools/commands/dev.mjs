import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startApp } from '../app.mjs';
import { inspectArguments } from '../inspect-options.mjs';
import { INTERRUPTED, runLocally } from '../local-run.mjs';
import { runRestarting } from '../restarting-app.mjs';
import { heapOptionsOf } from '../settings.mjs';
import { watchSources } from '../source-changes.mjs';
import { transpile } from '../transpile.mjs';
import { ROOT, say } from '../workspace.mjs';

/**
 * npm run dev: as npm start, and starts the app again after each edit of a source. The edited file alone is compiled
 * for that; a compiler in watch mode beside it reports type errors some seconds later.
 *
 * @param {{options: Record<string, string | true>}} command
 */
export function run({ options }) {
  return runLocally(async (interrupts, app) => {
    const heap = await heapOptionsOf({ env: process.env, cwd: process.cwd() });
    return runWatching(interrupts, {
      ...app,
      nodeOptions: [...heap, ...app.nodeOptions, ...inspectArguments(options)],
    });
  });
}

async function runWatching(interrupts, options) {
  const stop = new AbortController();
  interrupts.app = { interrupt: () => stop.abort() };
  const types = watchTypes(options.node);
  const changes = watchSources(ROOT);
  try {
    await runRestarting({
      start: () => startApp(options),
      changes,
      compile: (path) => transpile(ROOT, path),
      log: say,
      signal: stop.signal,
    });
    return INTERRUPTED;
  } finally {
    changes.close();
    types.kill();
  }
}

function watchTypes(node) {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [compiler, '-b', join('apps', 'standalone'), '--watch', '--preserveWatchOutput'];
  return spawn(node, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
}
