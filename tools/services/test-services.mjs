import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../lock.mjs';
import { CACHE_DIR, STATE_DIR } from '../workspace.mjs';
import { isRootOnDebian } from './apt.mjs';
import { endLeftovers } from './instance.mjs';
import { ensureMongodb } from './mongodb.mjs';
import { ensureRabbitmq } from './rabbitmq.mjs';
import { ensureRedis } from './redis.mjs';

const RUNS_DIR = join(STATE_DIR, 'test');

const SERVICES = [
  { name: 'redis', variable: 'REDIS_URL', ensure: ensureRedis },
  { name: 'rabbitmq', variable: 'RABBITMQ_URL', ensure: ensureRabbitmq },
  { name: 'mongodb', variable: 'MONGODB_URI', ensure: ensureMongodb },
];

/**
 * Makes sure of Redis, RabbitMQ and MongoDB for one test run, with empty data of its own. Several runs can go on at
 * once; what killed ones left behind is cleared first.
 * @param {{env: NodeJS.ProcessEnv, log: (line: string) => void}} options
 * @returns {Promise<{env: {REDIS_URL: string, RABBITMQ_URL: string, MONGODB_URI: string}, stop(): Promise<void>}>}
 * @throws {import('../failure.mjs').Failure} when one of them cannot be had; the others are stopped
 */
export async function ensureTestServices({ env, log }) {
  await clearDeadRuns();
  const run = claimRun();
  const consentToInstall = env.CI === 'true' || env.SLIPSTREAM_INSTALL === 'yes' || isRootOnDebian();
  const started = [];
  const stop = async () => {
    await Promise.all(started.map(({ service }) => service.stop()));
    run.remove();
  };
  try {
    for (const { name, variable, ensure } of SERVICES) {
      started.push({
        variable,
        service: await ensure({ dataDir: join(run.dir, name), cacheDir: CACHE_DIR, consentToInstall, env, log }),
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { env: Object.fromEntries(started.map(({ variable, service }) => [variable, service.url])), stop };
}

/** The lock beside a run's folder says that the run is alive. */
function claimRun() {
  const dir = join(RUNS_DIR, String(process.pid));
  const lock = tryLock(`${dir}.lock`);
  if ('holder' in lock)
    throw new Error(`The test run in ${dir} is claimed by its own process id: was this called twice?`);
  return {
    dir,
    remove() {
      rmSync(dir, { recursive: true, force: true });
      lock.release();
    },
  };
}

async function clearDeadRuns() {
  mkdirSync(RUNS_DIR, { recursive: true });
  for (const entry of readdirSync(RUNS_DIR).filter((name) => name.endsWith('.lock'))) {
    const lock = tryLock(join(RUNS_DIR, entry));
    if ('holder' in lock) continue;
    const dir = join(RUNS_DIR, entry.slice(0, -'.lock'.length));
    for (const { name } of SERVICES) await endLeftovers(join(dir, name));
    rmSync(dir, { recursive: true, force: true });
    lock.release();
  }
}
