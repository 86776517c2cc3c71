import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildWhenStale } from '../../tools/build.mjs';
import { Failure } from '../../tools/failure.mjs';
import { watchInterrupts } from '../../tools/interrupts.mjs';
import { ensureTestServices } from '../../tools/services/test-services.mjs';
import { ROOT, STATE_DIR, say } from '../../tools/workspace.mjs';
import { CORES, pinThisProcess } from '../harness/cores.mjs';
import { report } from './report.mjs';
import { measureInRounds } from './rounds.mjs';
import { startSystem } from './system.mjs';

const RESULT = fileURLToPath(new URL('../results/chat.md', import.meta.url));

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
  await buildWhenStale({ root: ROOT, project: join('apps', 'standalone'), node: process.execPath, stampFile: join(STATE_DIR, 'build.stamp'), log: say });
  const stack = new AsyncDisposableStack();
  try {
    const text = report({ ...(await measure(options, stack, interrupted.signal)), load: options, command: commandOf(args) });
    console.log(`\n${text}`);
    if (!options.cpuProfileDir) keep(text);
  } finally {
    await stack.disposeAsync();
  }
}

async function measure(options, stack, signal) {
  const stores = [];
  const services = await ensureTestServices({ env: { ...process.env, PATH: searchPath() }, log: (line) => (stores.push(line), say(line)) });
  stack.defer(() => services.stop());
  // The stores were started before this, so they may use every core.
  pinThisProcess(CORES.load);
  say('Starting the services, several times each');
  const system = await startSystem({ stores: services.env, starts: options.starts, cpuProfileDir: options.cpuProfileDir, stack });
  const measured = await measureInRounds(system.ways, options, { signal, log: say });
  return { measured, stores: stores.map(withoutPlace), memory: system.services.map((started) => ({ ...started, residentAfterLoadMb: started.service.residentMb() })) };
}

function optionsOf(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { 'cpu-prof-dir': cpuProfileDir, 'warm-up-seconds': warmUpSeconds, ...rest } = values;
  const counts = Object.entries({ ...rest, warmUpSeconds }).map(([name, text]) => [name, wholeNumber(name, text)]);
  return { ...Object.fromEntries(counts), cpuProfileDir };
}

function wholeNumber(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Failure(`${name} must be a whole number from 1, not '${text}'.`);
  return Number(text);
}

/** `Redis: private redis-server on port 4711, data in …` without what differs from run to run. */
const withoutPlace = (line) => line.replace(/ on port .*/, '');

const commandOf = (args) => ['npm run bench -- chat', ...args].join(' ');

/** What may lie beside the checkout comes last, such as database servers. */
const searchPath = () => [process.env.PATH, join(ROOT, '..', 'shared', 'bin')].join(delimiter);

function keep(text) {
  mkdirSync(join(RESULT, '..'), { recursive: true });
  writeFileSync(RESULT, text);
  say(`Kept in ${RESULT}`);
}
