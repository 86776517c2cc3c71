import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startApp } from './app.mjs';
import { buildWhenStale } from './build.mjs';
import { Failure, runMain } from './failure.mjs';
import { ensureInstalled } from './install.mjs';
import { watchInterrupts } from './interrupts.mjs';
import { tryLock } from './lock.mjs';
import { ensureMongodb } from './services/mongodb.mjs';
import { heapOptionsOf, settingsOf } from './settings.mjs';
import { CACHE_DIR, ROOT, say, STATE_DIR } from './workspace.mjs';

const PROJECT = join('apps', 'standalone');
const INTERRUPTED = 130;

/** npm start: installs, builds and makes sure of MongoDB where needed, then runs all services in one process. */
async function main() {
  const lock = tryLock(join(STATE_DIR, 'start.lock'));
  if ('holder' in lock)
    throw new Failure(
      `npm start is already running in this checkout (process ${lock.holder}). Stop it first, or work in another clone.`,
    );
  const interrupts = { count: 0, app: undefined };
  watchInterrupts((count) => {
    interrupts.count = count;
    interrupts.app?.interrupt(count);
  });
  try {
    return await run(interrupts);
  } finally {
    lock.release();
  }
}

/** An interrupt before the app is up ends the run after the step that is going on. */
async function run(interrupts) {
  const node = await ensureInstalled(ROOT, say);
  if (interrupts.count > 0) return INTERRUPTED;
  await buildWhenStale({ root: ROOT, project: PROJECT, node, stampFile: join(STATE_DIR, 'build.stamp'), log: say });
  if (interrupts.count > 0) return INTERRUPTED;
  const mongodb = await mongodbFor(process.env);
  try {
    if (interrupts.count > 0) return INTERRUPTED;
    return await runApp(interrupts, {
      node,
      nodeOptions: await heapOptionsOf({ env: process.env, cwd: process.cwd() }),
      script: join(ROOT, PROJECT, 'dist', 'main.js'),
      env: { ...process.env, ...mongodb.env },
      dataDir: join(STATE_DIR, 'app'),
    });
  } finally {
    await mongodb.stop();
  }
}

/** An app that drained after an unexpected error (libs/health/src/run-process.ts) is started again. */
const FAULT_EXIT_CODE = 70;
const RESTART_DELAY_MS = 500;

async function runApp(interrupts, options) {
  for (;;) {
    interrupts.app = await startApp(options);
    if (interrupts.count > 0) interrupts.app.interrupt(interrupts.count);
    const code = await interrupts.app.exited;
    if (code !== FAULT_EXIT_CODE || interrupts.count > 0) return code;
    say('The app ended after an unexpected error, which its log shows; it is started again.');
    await delay(RESTART_DELAY_MS);
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

await runMain(main);
