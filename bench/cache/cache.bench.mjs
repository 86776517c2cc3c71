import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWhenStale } from '../../tools/build.mjs';
import { watchInterrupts } from '../../tools/interrupts.mjs';
import { Failure } from '../../tools/failure.mjs';
import { ROOT, STATE_DIR, say } from '../../tools/workspace.mjs';
import { CORES, pinThisProcess } from '../harness/cores.mjs';
import { packageVersion } from '../harness/machine.mjs';
import { keep } from '../harness/results.mjs';
import { startStores } from '../harness/stores.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { measureColdReads } from './objects/cold-reads.mjs';
import { measureHits } from './objects/hits.mjs';
import { report } from './report.mjs';
import { responsesPart } from './responses/responses.part.mjs';

const PEERS = ['bentocache', 'ioredis', 'cache-manager-ioredis-yet'];

const OPTIONS = {
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '1' },
  former: { type: 'string' },
};
/** Of the response cache: what listens needs longer to show what it can do. */
const RESPONSES = { rounds: 3, seconds: 4 };

/**
 * npm run bench -- cache [--rounds 7] [--seconds 1] [--former DIR]
 *
 * @param {string[]} args
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const options = { rounds: wholeNumber('rounds', values.rounds), seconds: wholeNumber('seconds', values.seconds) };
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort(new Failure('Interrupted; nothing was written.')));
  await buildWhenStale({
    root: ROOT,
    project: join('apps', 'standalone'),
    node: process.execPath,
    stampFile: join(STATE_DIR, 'build.stamp'),
    log: say,
  });
  const peers = [...PEERS.map(packageVersion), ...(await responsesPart.peers())];
  const [loadBefore] = loadavg();
  await using stack = new AsyncDisposableStack();
  const { env } = await startStores(stack);
  const context = { redisUrl: env.REDIS_URL, ...options, log: say, signal: interrupted.signal };
  const hits = await measureHits(context);
  const cold = await measureColdReads(context);
  pinThisProcess(CORES.load);
  const measured = await responsesPart.measure({
    ...RESPONSES,
    former: values.former,
    stores: env,
    log: say,
    signal: interrupted.signal,
  });
  const responses = { verdicts: responsesPart.verdicts(measured), section: responsesPart.section(measured) };
  const text = report({
    hits,
    cold,
    responses,
    options,
    peers,
    loadBefore,
    command: ['npm run bench -- cache', ...args].join(' '),
  });
  console.log(`\n${text}`);
  keep('cache', text);
}
