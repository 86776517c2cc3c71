import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('reader.process.mjs', import.meta.url));
const PROCESSES = 2;
const READS = 1_000;
const LOAD_MS = 50;
/** How far ahead a round is told, so that all begin at the same time. */
const LEAD_MS = 100;

/**
 * What a round of cold reads of one key took, all processes together.
 * @typedef {{loads: number, loaders: number, ms: number}} ColdRound
 */

/**
 * @returns {Promise<{processes: number, reads: number, loadMs: number, rounds: ColdRound[]}>} `reads` of each round,
 * all processes together
 */
export async function measureColdReads({ redisUrl, rounds, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const env = {
    PATH: process.env.PATH,
    REDIS_URL: redisUrl,
    PREFIX: `bench-cache-${randomUUID()}:`,
    READS: String(READS / PROCESSES),
    LOAD_MS: String(LOAD_MS),
  };
  const readers = await Promise.all(Array.from({ length: PROCESSES }, () => startReader(stack, env)));
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    signal.throwIfAborted();
    log(`cold reads: round ${round} of ${rounds}`);
    const order = { key: `user:${randomUUID()}`, at: Date.now() + LEAD_MS };
    measured.push(sumOf(await Promise.all(readers.map((read) => read(order)))));
  }
  return { processes: PROCESSES, reads: READS, loadMs: LOAD_MS, rounds: measured };
}

const sumOf = (answers) => ({
  loads: answers.reduce((sum, { loads }) => sum + loads, 0),
  loaders: new Set(answers.flatMap(({ loadedBy }) => loadedBy)).size,
  ms: Math.max(...answers.map(({ ms }) => ms)),
});

/**
 * @returns {Promise<(order: {key: string, at: number}) => Promise<object>>} makes the process read, and resolves with
 * what it tells of that
 */
async function startReader(stack, env) {
  const child = fork(SCRIPT, { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  stack.defer(async () => {
    if (child.connected) child.disconnect();
    await exited;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error('A reader of the cold keys ended before it answered.');
    return JSON.parse(value);
  };
  await next();
  return (order) => {
    child.send(order);
    return next();
  };
}
