import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildServices } from '../harness/build.mjs';
import { startStores } from '../harness/stores.mjs';
import { createAuthority } from './authority.mjs';

/**
 * What a bench with a browser needs before the application: a build, a folder of its own, an authority, stores.
 * @param {AsyncDisposableStack} stack ends them
 */
export async function startStage(stack) {
  await buildServices();
  const folder = stack.adopt(mkdtempSync(join(tmpdir(), 'slipstream-page-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const authority = createAuthority(folder);
  const { env: stores } = await startStores(stack);
  return { folder, authority, stores };
}
