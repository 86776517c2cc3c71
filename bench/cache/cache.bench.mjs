import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWhenStale } from '../../tools/build.mjs';
import { watchInterrupts } from '../../tools/interrupts.mjs';
import { Failure } from '../../tools/failure.mjs';
import { ROOT, STATE_DIR, say } from '../../tools/workspace.mjs';
import { packageVersion } from '../harness/machine.mjs';
import { keep } from '../harness/results.mjs';
import { startStores } from '../harness/stores.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { measureColdReads } from './objects/cold-reads.mjs';
import { measureHits } from './objects/hits.mjs';
import { report } from './objects/report.mjs';

const PEERS = ['bentocache', 'ioredis', 'cache-manager-ioredis-yet'];

const OPTIONS = {
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '1' },
};

/**
 * npm run bench -- cache [--rounds 7] [--seconds 1]
 *
 * @param {string[]} args
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const options = { rounds: wholeNumber('rounds', values.rounds), seconds: wholeNumber('seconds', values.seconds) };
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort(new Failure('Interrupted; nothing was written.')));
  await buildWhenStale({ root: ROOT, project: join('apps', 'standalone'), node: process.execPath, stampFile: join(STATE_DIR, 'build.stamp'), log: say });
  const [loadBefore] = loadavg();
  await using stack = new AsyncDisposableStack();
  const { env } = await startStores(stack);
  const context = { redisUrl: env.REDIS_URL, ...options, log: say, signal: interrupted.signal };
  const hits = await measureHits(context);
  const cold = await measureColdReads(context);
  const text = report({ hits, cold, options, peers: PEERS.map(packageVersion), loadBefore, command: ['npm run bench -- cache', ...args].join(' ') });
  console.log(`\n${text}`);
  keep('object-cache', text);
}
