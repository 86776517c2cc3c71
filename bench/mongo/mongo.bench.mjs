import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../../tools/failure.mjs';
import { watchInterrupts } from '../../tools/interrupts.mjs';
import { STATE_DIR, say } from '../../tools/workspace.mjs';
import { buildServices } from '../harness/build.mjs';
import { packageVersion } from '../harness/machine.mjs';
import { keep } from '../harness/results.mjs';
import { startStores } from '../harness/stores.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { measureAdvice } from './advice.mjs';
import { measureCost } from './cost.mjs';
import { report } from './report.mjs';
import { countRoundTrips } from './round-trips.mjs';
import { measureServiceCost } from './service-cost.mjs';

const PARTS = ['cost', 'service', 'advice', 'calls'];
const PEERS = ['mongodb', 'mongoose'];

const OPTIONS = {
  documents: { type: 'string', default: '200000' },
  rounds: { type: 'string', default: '200' },
  'turn-ms': { type: 'string', default: '250' },
};

/**
 * npm run bench -- mongo [cost] [service] [advice] [calls] [--documents 200000] [--rounds 200] [--turn-ms 250]
 *
 * Parts can be measured one by one: the report contains the latest figures of each since it was last measured.
 * @param {string[]} args
 */
export async function run(args) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const unknown = positionals.find((part) => !PARTS.includes(part));
  if (unknown) throw new Failure(`There is no part '${unknown}'; those that there are: ${PARTS.join(', ')}`);
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort(new Failure('Interrupted; nothing was written.')));
  await buildServices();
  const [load] = loadavg();
  await using stack = new AsyncDisposableStack();
  const { env, names } = await startStores(stack);
  const documents = wholeNumber('documents', values.documents);
  const measured = former();
  for (const part of positionals.length > 0 ? positionals : PARTS) {
    interrupted.signal.throwIfAborted();
    measured[part] = await MEASURES[part](env, stack, { ...values, documents, signal: interrupted.signal });
  }
  save(measured);
  const about = { command: ['npm run bench -- mongo', ...args].join(' '), peers: PEERS.map(packageVersion), load };
  const text = report({ ...about, stores: names.find((name) => name.startsWith('MongoDB')) ?? 'MongoDB', ...measured });
  console.log(text);
  keep('mongo', text);
}

const MEASURES = {
  cost: (env, _, { rounds, 'turn-ms': turnMs, signal }) =>
    measureCost({
      uri: env.MONGODB_URI,
      rounds: wholeNumber('rounds', rounds),
      turnMs: wholeNumber('turn-ms', turnMs),
      signal,
    }),
  service: (stores, stack, { rounds, 'turn-ms': turnMs, signal }) =>
    measureServiceCost(
      { stores, rounds: wholeNumber('rounds', rounds), turnMs: wholeNumber('turn-ms', turnMs), signal },
      stack,
    ),
  advice: async (env, _, { documents }) => ({
    documents,
    ...(await measureAdvice({ uri: env.MONGODB_URI, documents, log: say })),
  }),
  calls: (env, stack) => countRoundTrips(env, stack),
};

const FORMER = join(STATE_DIR, 'bench-mongo.json');

/** The figures of the parts that were measured before. */
function former() {
  try {
    return JSON.parse(readFileSync(FORMER, 'utf8'));
  } catch {
    return {};
  }
}

function save(measured) {
  mkdirSync(STATE_DIR, { recursive: true });
  writeFileSync(FORMER, JSON.stringify(measured));
}
