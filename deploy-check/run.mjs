import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runMain } from '../tools/failure.mjs';
import { ensureInstalled } from '../tools/install.mjs';
import { ROOT, say } from '../tools/workspace.mjs';

/**
 * npm run deploy-check: manifests, Dockerfile, rules and images; then the rehearsal on a cluster, where there is one.
 * npm run deploy-check -- cluster: images and rehearsal alone, which then must be possible. -- static: all but these.
 * Installs first, and then runs the checks with the Node that was installed.
 */
await runMain(async () => {
  await ensureInstalled(ROOT, say);
  const node = join(ROOT, 'node_modules/.bin/node');
  const args = [join(ROOT, 'deploy-check/deploy-check.mjs'), ...process.argv.slice(2)];
  const child = spawn(node, args, { cwd: ROOT, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? 1));
  });
});
