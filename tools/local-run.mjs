import { join } from 'node:path';
import { buildWhenStale } from './build.mjs';
import { Failure } from './failure.mjs';
import { ensureInstalled } from './install.mjs';
import { watchInterrupts } from './interrupts.mjs';
import { tryLock } from './lock.mjs';
import { APP_ENVIRONMENT, STACKS_OF_SOURCES } from './node-options.mjs';
import { ensureMongodb } from './services/mongodb.mjs';
import { settingsOf } from './settings.mjs';
import { CACHE_DIR, ROOT, say, STATE_DIR } from './workspace.mjs';

const PROJECT = join('apps', 'standalone');
export const INTERRUPTED = 130;

/**
 * How often the user asked for the end. An app that is up has to pass this on.
 * @typedef {{count: number, app?: {interrupt(count: number): void, reload?(): void}}} Interrupts
 */

/**
 * Installs, builds and makes sure of MongoDB where needed, then runs all services in one process. One at a time in a
 * checkout.
 * @param {(interrupts: Interrupts, app: Parameters<typeof import('./app.mjs').startApp>[0]) => Promise<number>} runApp
 *   resolves to the exit code
 * @returns {Promise<number>} exit code
 */
export async function runLocally(runApp) {
  const lock = tryLock(join(STATE_DIR, 'start.lock'));
  if ('holder' in lock)
    throw new Failure(
      `npm start or npm run dev is already running in this checkout (process ${lock.holder}). Stop it ` +
        'first, or work in another clone.',
    );
  const interrupts = { count: 0, app: undefined };
  watchInterrupts(
    (count) => {
      interrupts.count = count;
      interrupts.app?.interrupt(count);
    },
    { onReload: () => interrupts.app?.reload?.() },
  );
  try {
    return await run(interrupts, runApp);
  } finally {
    lock.release();
  }
}

/** An interrupt before the app is up ends the run after the current step. */
async function run(interrupts, runApp) {
  const node = await ensureInstalled(ROOT, say);
  if (interrupts.count > 0) return INTERRUPTED;
  await buildWhenStale({ root: ROOT, project: PROJECT, node, stampFile: join(STATE_DIR, 'build.stamp'), log: say });
  if (interrupts.count > 0) return INTERRUPTED;
  const mongodb = await mongodbFor(process.env);
  try {
    if (interrupts.count > 0) return INTERRUPTED;
    return await runApp(interrupts, {
      node,
      nodeOptions: STACKS_OF_SOURCES,
      script: join(ROOT, PROJECT, 'dist', 'main.js'),
      env: { ...APP_ENVIRONMENT, ...process.env, ...mongodb.env },
      dataDir: join(STATE_DIR, 'app'),
    });
  } finally {
    await mongodb.stop();
  }
}

const NOTHING = { env: {}, stop: async () => {} };

/**
 * What is set or written down is used as it is; only where nothing is, one is found or started. For what can't start,
 * none.
 */
async function mongodbFor(env) {
  const settings = await settingsOf({ env, cwd: process.cwd() });
  if (!settings) return NOTHING;
  if (!env.MONGODB_URI && settings.mongodb?.uri) {
    say('MongoDB: as the configuration file says');
    return NOTHING;
  }
  const { url, stop } = await ensureMongodb(serviceContext('mongodb'));
  return { env: { MONGODB_URI: url }, stop };
}

function serviceContext(name) {
  const { env } = process;
  return {
    dataDir: join(STATE_DIR, name),
    cacheDir: CACHE_DIR,
    consentToInstall: env.SLIPSTREAM_INSTALL === 'yes' || env.CI === 'true',
    env,
    log: say,
  };
}
