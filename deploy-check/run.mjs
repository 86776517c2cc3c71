import { runMain } from '../tools/failure.mjs';
import { ensureInstalled } from '../tools/install.mjs';
import { ROOT, say } from '../tools/workspace.mjs';

/**
 * npm run deploy-check: manifests, Dockerfile, rules and images; then the rehearsal on a cluster, where there is one.
 * npm run deploy-check -- cluster: images and rehearsal alone, which then must be possible.
 */
await runMain(async () => {
  await ensureInstalled(ROOT, say);
  const { deployCheck } = await import('./deploy-check.mjs');
  return deployCheck(process.argv[2]);
});
