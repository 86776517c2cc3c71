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
 * The URLs of one set of stores.
 * @typedef {{REDIS_URL: string, RABBITMQ_URL: string, MONGODB_URI: string}} StoreUrls
 */

/**
 * Makes sure of Redis, RabbitMQ and MongoDB for one test run, with empty data of its own. Several runs can go on at
 * once; what killed ones left behind is cleared first.
 * @param {{env: NodeJS.ProcessEnv, log: (line: string) => void}} options
 * @returns {Promise<{env: StoreUrls, stop(): Promise<void>}>}
 * @throws {import('../failure.mjs').Failure} when one of them cannot be had; the others are stopped
 */
export async function ensureTestServices({ env, log }) {
  await clearDeadRuns();
  return startStores({ env, log });
}

/**
 * Makes sure of as many sets of stores as spec files run at once, because whole systems use the same queues. Stores
 * that the environment names are one set.
 * @param {{env: NodeJS.ProcessEnv, log: (line: string) => void, count: number}} options
 * @returns {Promise<{sets: StoreUrls[], stop(): Promise<void>}>}
 * @throws {import('../failure.mjs').Failure} when a store cannot be had; the others are stopped
 */
export async function ensureStoreSets({ env, log, count }) {
  await clearDeadRuns();
  const isGiven = SERVICES.some(({ variable }) => env[variable]);
  const sets = [];
  const stop = () => stopAll(sets);
  try {
    // The first one may install what the others then find.
    while (sets.length < (isGiven ? 1 : count)) sets.push(await startStores({ env, log }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { sets: sets.map((stores) => stores.env), stop };
}

async function startStores({ env, log }) {
  const run = claimRun();
  const consentToInstall = env.CI === 'true' || env.SLIPSTREAM_INSTALL === 'yes' || isRootOnDebian();
  const started = [];
  const stop = async () => {
    await stopAll(started.map(({ service }) => service));
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

const stopAll = (started) => Promise.all(started.map((each) => each.stop()));

let claimed = 0;

/** The lock beside a run's folder says that the run is alive. */
function claimRun() {
  const dir = join(RUNS_DIR, `${process.pid}-${(claimed += 1)}`);
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
