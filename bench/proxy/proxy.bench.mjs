import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Failure } from '../../tools/failure.mjs';
import { watchInterrupts } from '../../tools/interrupts.mjs';
import { say } from '../../tools/workspace.mjs';
import { buildServices } from '../harness/build.mjs';
import { CORES, pinThisProcess } from '../harness/cores.mjs';
import { keep } from '../harness/results.mjs';
import { startStores } from '../harness/stores.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { backendsPart } from './backends/backends.part.mjs';
import { callsPart } from './calls/calls.part.mjs';
import { connectionsPart } from './connections/connections.part.mjs';
import { killPart } from './kill/kill.part.mjs';
import { report } from './report.mjs';
import { requestsPart } from './requests/requests.part.mjs';
import { sharesPart } from './shares/shares.part.mjs';

const PARTS = [requestsPart, callsPart, backendsPart, connectionsPart, sharesPart, killPart];

const OPTIONS = {
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '5' },
  'cpu-prof-dir': { type: 'string' },
  former: { type: 'string' },
  'lead-in': { type: 'string', default: '6' },
  ways: { type: 'string' },
};

/**
 * npm run bench -- proxy [requests] [calls] [backends] [connections] [shares] [kill] [--rounds 5] [--seconds 5]
 * [--lead-in 6] [--ways gateway,former,…] [--cpu-prof-dir DIR] [--former DIR]
 *
 * Without names all parts are measured, and the report is kept; else it is only printed.
 * @param {string[]} args
 */
export async function run(args) {
  const { parts, ...options } = optionsOf(args);
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort(new Failure('Interrupted; nothing was written.')));
  await buildServices();
  const peers = (await Promise.all(parts.map((part) => part.peers()))).flat();
  const [loadBefore] = loadavg();
  await using stack = new AsyncDisposableStack();
  // What is started keeps to the core of the load unless it is told otherwise, the stores too: nothing shares the core
  // of what is measured.
  pinThisProcess(CORES.load);
  const stores = await startStores(stack);
  const results = [];
  for (const part of parts) {
    const measured = await part.measure({ ...options, stores: stores.env, log: say, signal: interrupted.signal });
    results.push({ verdicts: part.verdicts(measured), section: part.section(measured) });
  }
  const text = report({ results, options, peers, loadBefore, command: ['npm run bench -- proxy', ...args].join(' ') });
  console.log(`\n${text}`);
  if (parts.length === PARTS.length && !options.cpuProfileDir && !options.ways) keep('proxy', text);
}

function optionsOf(args) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const unknown = positionals.find((name) => !PARTS.some((part) => part.name === name));
  if (unknown)
    throw new Failure(
      `There is no part '${unknown}'. Those that there are: ${PARTS.map(({ name }) => name).join(', ')}.`,
    );
  const parts = positionals.length === 0 ? PARTS : PARTS.filter(({ name }) => positionals.includes(name));
  const { rounds, seconds, former, ways, 'cpu-prof-dir': cpuProfileDir } = values;
  return {
    parts,
    rounds: wholeNumber('rounds', rounds),
    seconds: wholeNumber('seconds', seconds),
    leadIn: wholeNumber('lead-in', values['lead-in']),
    ways: ways?.split(','),
    cpuProfileDir,
    former,
  };
}
