import { homedir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../tools/workspace.mjs';
import { must, run } from '../shell.mjs';
import { ensureImage, NODE_IMAGE } from './base-images.mjs';

export const APPS = ['gateway', 'chat-worker', 'document-worker', 'notification-worker', 'standalone'];
export const imageOf = (app) => `localhost/slipstream/${app}:dev`;
const MAX_COMPRESSED_MB = 120;
/** LanceDB and PDFium are in these. */
const MAX_WITH_DOCUMENTS_MB = 160;
const HAS_DOCUMENTS = ['document-worker', 'standalone'];

/** Builds every image, as docs/operating.md says. @returns {Promise<boolean>} whether all were built */
export async function buildImages(report, engine) {
  const hasBase = await report.check(`base image ${NODE_IMAGE}`, () => ensureImage(engine, NODE_IMAGE));
  if (!hasBase) return false;
  let areBuilt = true;
  for (const app of APPS)
    areBuilt = (await report.check(`${engine.command} build ${app}`, () => build(engine, app))) && areBuilt;
  return areBuilt;
}

async function build({ command, buildArgs }, app) {
  const revision = (await run('git', ['rev-parse', 'HEAD'], { cwd: ROOT })).stdout.trim() || 'unknown';
  const npmCache = command === 'podman' ? ['-v', `${join(homedir(), '.npm')}:/root/.npm`] : [];
  const args = ['-f', 'docker/Dockerfile', '--build-arg', `APP=${app}`, '--build-arg', `REVISION=${revision}`];
  await must(command, ['build', ...buildArgs, '--network', 'host', ...npmCache, ...args, '-t', imageOf(app), '.'], {
    cwd: ROOT,
  });
}

/** What an image holds, and how large it is. */
export async function inspectImage({ command }, app) {
  const [{ Config: config, config: other }] = JSON.parse(await must(command, ['image', 'inspect', imageOf(app)]));
  const { User: user, Labels: labels, Entrypoint: entrypoint } = config ?? other;
  if (user !== '65532:65532') throw new Error(`it runs as ${user}`);
  if (labels['org.opencontainers.image.title'] !== `slipstream-${app}`) throw new Error('labels are missing');
  const megabytes = await compressedMegabytes(command, app);
  const max = HAS_DOCUMENTS.includes(app) ? MAX_WITH_DOCUMENTS_MB : MAX_COMPRESSED_MB;
  if (megabytes > max) throw new Error(`${megabytes} MB compressed; at most ${max}`);
  return `${megabytes} MB compressed, starts ${entrypoint.join(' ')}`;
}

async function compressedMegabytes(command, app) {
  const bytes = await must('sh', ['-c', '"$1" save "$2" | gzip -1 | wc -c', 'size', command, imageOf(app)]);
  return Math.round(Number(bytes) / 1e6);
}
