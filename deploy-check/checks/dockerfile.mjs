import { fileURLToPath } from 'node:url';
import { must } from '../shell.mjs';
import { program } from '../tools.mjs';

const DOCKERFILE = fileURLToPath(new URL('../../docker/Dockerfile', import.meta.url));

/** The Dockerfile by itself. */
export async function checkDockerfile(report) {
  await report.check('hadolint docker/Dockerfile', async () => {
    await must(await program('hadolint'), ['--ignore', 'DL3059', '--failure-threshold', 'info', DOCKERFILE]);
  });
}
