import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import suites, { type CacheTest } from 'http-cache-tests/tests/index.mjs';
import type { CacheResults } from './cache-score.js';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.resolve('http-cache-tests/tests/index.mjs'))));
const RESULTS_MAX_BYTES = 10_000_000;

/** Every test of the suite. */
export const CACHE_TESTS: readonly CacheTest[] = suites.flatMap(({ tests }) => tests);

/** What the project publishes of other caches. @param name such as `nginx` */
export async function publishedResults(name: string): Promise<CacheResults> {
  return JSON.parse(await readFile(join(PACKAGE, 'results', `${name}.json`), 'utf8')) as CacheResults;
}

/** The suite's own origin, which answers as its client tells it to, through the cache. */
export async function startCacheOrigin(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-cache-origin-'));
  const env = {
    ...process.env,
    npm_config_protocol: 'http',
    npm_config_port: '0',
    npm_config_pidfile: join(folder, 'pid'),
  };
  const child = spawn(process.execPath, ['server/server.mjs'], {
    cwd: PACKAGE,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const listening = Promise.withResolvers<string>();
  createInterface(child.stdout).on('line', (line) => {
    const port = /^Listening on .*:(\d+)\/$/.exec(line)?.[1];
    if (port !== undefined) listening.resolve(`http://127.0.0.1:${port}`);
  });
  void exited.then(([code]) =>
    listening.reject(new Error(`the origin of http-cache-tests ended with ${String(code)}`)),
  );
  return {
    url: await listening.promise,
    async stop() {
      child.kill();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

/** Runs every test against a cache before the origin. @param url of the cache */
export async function runCacheTests(url: string): Promise<CacheResults> {
  // The id of the one test to run; the client takes only an empty one, in both places, for all tests.
  const env = { ...process.env, npm_config_base: url, npm_config_id: '', npm_package_config_id: '' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', 'cli.mjs'], {
    cwd: PACKAGE,
    env,
    maxBuffer: RESULTS_MAX_BYTES,
  });
  return JSON.parse(stdout) as CacheResults;
}
