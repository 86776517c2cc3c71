import { copyFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath } from '../../tools/run.mjs';
import { ROOT } from '../../tools/workspace.mjs';
import { Unavailable } from '../report.mjs';
import { must, run } from '../shell.mjs';

const DEBIAN = 'docker.io/library/debian:bookworm-slim';
const STAND_INS = fileURLToPath(new URL('../stand-ins', import.meta.url));
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
export const NODE_IMAGE = 'docker.io/library/node:24-bookworm-slim';
/** Images of the overlay dev beside our own, and the Dockerfile of the stand-in for each. */
export const STORE_IMAGES = {
  'docker.io/library/redis:7.4': 'redis.Dockerfile',
  'docker.io/library/rabbitmq:4.1': 'rabbitmq.Dockerfile',
  'docker.io/library/mongo:8.0': 'mongo.Dockerfile',
};

/**
 * Makes sure that an image is in the engine's store: there already, pulled, or, where no registry answers, a stand-in
 * of Debian packages under its name.
 * @returns {Promise<'present' | 'pulled' | 'stand-in'>}
 */
export async function ensureImage(engine, name) {
  if ((await run(engine.command, ['image', 'inspect', name])).code === 0) return 'present';
  if ((await run(engine.command, ['pull', '-q', name], { timeoutMs: 120_000 })).code === 0) return 'pulled';
  if (name === DEBIAN) await debootstrap(engine);
  else {
    await ensureImage(engine, DEBIAN);
    await buildStandIn(engine, name);
  }
  return 'stand-in';
}

/** Debian from its own archive, under the name that a Dockerfile's FROM has. */
async function debootstrap(engine) {
  if (process.getuid?.() !== 0 || !findOnPath('debootstrap'))
    throw new Unavailable(
      `${DEBIAN} can't be pulled, and making it needs root and debootstrap (apt-get install debootstrap)`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-debian-'));
  try {
    await must('debootstrap', ['--variant=minbase', 'bookworm', folder]);
    await must('sh', ['-c', 'tar -C "$1" -c . | "$2" import -q - "$3"', 'import', folder, engine.command, DEBIAN]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildStandIn(engine, name) {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-image-'));
  try {
    await cp(STAND_INS, folder, { recursive: true });
    if (name === NODE_IMAGE) await addNode(folder);
    if (STORE_IMAGES[name] === 'mongo.Dockerfile') await addMongoStandIn(folder);
    const file = join(folder, STORE_IMAGES[name] ?? 'node.Dockerfile');
    await must(engine.command, ['build', ...engine.buildArgs, '--network', 'host', '-f', file, '-t', name, folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function addNode(folder) {
  await copyFile(join(ROOT, 'node_modules/node/bin/node'), join(folder, 'node'));
  const npm = await must('npm', ['root', '-g']);
  await cp(join(npm.trim(), 'npm'), join(folder, 'npm'), { recursive: true });
  // Where a proxy answers for the registry, its authority is among these.
  if (existsSync(CERTIFICATES)) await copyFile(CERTIFICATES, join(folder, 'ca-certificates.crt'));
}

async function addMongoStandIn(folder) {
  const server = findOnPath('secantusd-rs') ?? join(dirname(ROOT), 'shared/bin/secantusd-rs');
  if (!existsSync(server))
    throw new Unavailable(
      "the image of MongoDB can't be pulled, and secantusd-rs, which stands in for it, is not on PATH",
    );
  await copyFile(server, join(folder, 'secantusd-rs'));
}
