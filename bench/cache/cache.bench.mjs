import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { watchInterrupts } from '../../tools/interrupts.mjs';
import { Failure } from '../../tools/failure.mjs';
import { say } from '../../tools/workspace.mjs';
import { buildServices } from '../harness/build.mjs';
import { CORES, pinThisProcess } from '../harness/cores.mjs';
import { packageVersion } from '../harness/machine.mjs';
import { keep } from '../harness/results.mjs';
import { startStores } from '../harness/stores.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { measureColdReads } from './objects/cold-reads.mjs';
import { measureHits } from './objects/hits.mjs';
import { partsReport, report } from './report.mjs';
import { memoryPart } from './memory/memory.part.mjs';
import { missesPart } from './misses/misses.part.mjs';
import { responsesPart } from './responses/responses.part.mjs';
import { scriptPart } from './script/script.part.mjs';

const PEERS = ['bentocache', 'ioredis', 'cache-manager-ioredis-yet'];

const OPTIONS = {
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '1' },
  former: { type: 'string' },
  'cpu-prof-dir': { type: 'string' },
  'response-rounds': { type: 'string', default: '3' },
  'response-seconds': { type: 'string', default: '4' },
  'lead-in': { type: 'string', default: '6' },
  ways: { type: 'string' },
};
/** Of the response cache. */
const PARTS = [responsesPart, scriptPart, missesPart, memoryPart];

/**
 * npm run bench -- cache [responses] [script] [misses] [memory] [--rounds 7] [--seconds 1] [--former DIR]
 * [--cpu-prof-dir DIR] [--response-rounds 3] [--response-seconds 4] [--lead-in 6] [--ways gateway,former,nginx]
 *
 * Without names all is measured, and the report is kept; else only these parts are, and it is printed.
 * @param {string[]} args
 */
export async function run(args) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const parts = positionals.length === 0 ? PARTS : positionals.map(partOf);
  const options = { rounds: wholeNumber('rounds', values.rounds), seconds: wholeNumber('seconds', values.seconds) };
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort(new Failure('Interrupted; nothing was written.')));
  await buildServices();
  const isWhole = positionals.length === 0;
  const peers = (isWhole ? PEERS.map(packageVersion) : []).concat(
    ...(await Promise.all(parts.map((part) => part.peers()))),
  );
  const [loadBefore] = loadavg();
  await using stack = new AsyncDisposableStack();
  const { env } = await startStores(stack);
  const common = { log: say, signal: interrupted.signal };
  const context = { redisUrl: env.REDIS_URL, ...options, ...common };
  const objects = isWhole && { hits: await measureHits(context), cold: await measureColdReads(context) };
  pinThisProcess(CORES.load);
  const responses = await measureParts(parts, { ...partOptions(values), ...common, stores: env });
  const command = ['npm run bench -- cache', ...args].join(' ');
  if (!objects) return console.log(`\n${partsReport({ responses, peers, loadBefore, command })}`);
  const text = report({ ...objects, responses, options, peers, loadBefore, command });
  console.log(`\n${text}`);
  keep('cache', text);
}

const partOptions = (values) => ({
  rounds: wholeNumber('response-rounds', values['response-rounds']),
  seconds: wholeNumber('response-seconds', values['response-seconds']),
  leadIn: wholeNumber('lead-in', values['lead-in']),
  ways: values.ways?.split(','),
  former: values.former,
  cpuProfileDir: values['cpu-prof-dir'],
});

async function measureParts(parts, context) {
  const responses = [];
  for (const part of parts) {
    const measured = await part.measure(context);
    responses.push({ verdicts: part.verdicts(measured), section: part.section(measured) });
  }
  return responses;
}

function partOf(name) {
  const part = PARTS.find((each) => each.name === name);
  if (!part) throw new Failure(`There is no part '${name}'. Parts: ${PARTS.map((each) => each.name).join(', ')}.`);
  return part;
}
