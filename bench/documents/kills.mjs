import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ROOT } from '../../tools/workspace.mjs';

const SPEC = 'chaos/documents/worker-killed.chaos-spec.ts';

/**
 * Kills a document-worker 20 times at random moments. The spec fails if a document is lost, if a passage can't be
 * found, or if the vector store has other rows than those of ready documents.
 */
export async function measureKills() {
  const from = performance.now();
  const PATH = [process.env.PATH, join(ROOT, '..', 'shared', 'bin')].join(delimiter);
  const vitest = join(ROOT, 'node_modules/.bin/vitest');
  execFileSync(vitest, ['run', '--config', 'chaos/vitest.config.ts', SPEC], {
    cwd: ROOT,
    env: { ...process.env, PATH },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return { spec: SPEC, kills: 20, lost: 0, half: 0, seconds: (performance.now() - from) / 1000 };
}
