import { parseArgs } from 'node:util';
import { Failure } from '../../tools/failure.mjs';
import { watchInterrupts } from '../../tools/interrupts.mjs';
import { say } from '../../tools/workspace.mjs';
import { buildServices } from '../harness/build.mjs';
import { CORES, pinThisProcess } from '../harness/cores.mjs';
import { keep } from '../harness/results.mjs';
import { startStores } from '../harness/stores.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { report } from './report.mjs';
import { measureInRounds } from './rounds.mjs';
import { startSystem } from './system.mjs';

const OPTIONS = {
  rate: { type: 'string', default: '50' },
  seconds: { type: 'string', default: '4' },
  rounds: { type: 'string', default: '8' },
  'warm-up-seconds': { type: 'string', default: '20' },
  starts: { type: 'string', default: '5' },
  'cpu-prof-dir': { type: 'string' },
};

/**
 * npm run bench -- chat [--rate 50] [--seconds 4] [--rounds 8] [--warm-up-seconds 20] [--starts 5] [--cpu-prof-dir DIR]
 * @param {string[]} args
 */
export async function run(args) {
  const options = optionsOf(args);
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort(new Failure('Interrupted; nothing was written.')));
  await buildServices();
  const stack = new AsyncDisposableStack();
  try {
    const text = report({
      ...(await measure(options, stack, interrupted.signal)),
      load: options,
      command: commandOf(args),
    });
    console.log(`\n${text}`);
    if (!options.cpuProfileDir) keep('chat', text);
  } finally {
    await stack.disposeAsync();
  }
}

async function measure(options, stack, signal) {
  const stores = await startStores(stack);
  // The stores were started before this, so they may use every core.
  pinThisProcess(CORES.load);
  say('Starting the services, several times each');
  const system = await startSystem({
    stores: stores.env,
    starts: options.starts,
    cpuProfileDir: options.cpuProfileDir,
    stack,
  });
  const measured = await measureInRounds(system.ways, options, { signal, log: say });
  return {
    measured,
    stores: stores.names,
    memory: system.services.map((started) => ({ ...started, residentAfterLoadMb: started.service.residentMb() })),
  };
}

function optionsOf(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { 'cpu-prof-dir': cpuProfileDir, 'warm-up-seconds': warmUpSeconds, ...rest } = values;
  const counts = Object.entries({ ...rest, warmUpSeconds }).map(([name, text]) => [name, wholeNumber(name, text)]);
  return { ...Object.fromEntries(counts), cpuProfileDir };
}

const commandOf = (args) => ['npm run bench -- chat', ...args].join(' ');
