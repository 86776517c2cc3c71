import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Failure } from '../../tools/failure.mjs';
import { watchInterrupts } from '../../tools/interrupts.mjs';
import { say } from '../../tools/workspace.mjs';
import { buildServices } from '../harness/build.mjs';
import { CORES, pinThisProcess } from '../harness/cores.mjs';
import { packageVersion } from '../harness/machine.mjs';
import { keep } from '../harness/results.mjs';
import { startStores } from '../harness/stores.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { measureDrain } from './drain.mjs';
import { measureLoop } from './loop.mjs';
import { report } from './report.mjs';

const OPTIONS = {
  rounds: { type: 'string', default: '40' },
  messages: { type: 'string', default: '2000' },
  backlog: { type: 'string', default: '100000' },
};

/**
 * npm run bench -- queue [--rounds 40] [--messages 2000] [--backlog 100000]
 * @param {string[]} args
 */
export async function run(args) {
  const options = optionsOf(args);
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort(new Failure('Interrupted; nothing was written.')));
  await buildServices();
  const [loadBefore] = loadavg();
  await using stack = new AsyncDisposableStack();
  pinThisProcess(CORES.load); // and RabbitMQ, which it starts
  const { env, names } = await startStores(stack);
  const common = { rabbitmqUrl: env.RABBITMQ_URL, ...options, log: say, signal: interrupted.signal };
  const measured = await measureLoop(common);
  const drained = await measureDrain(common);
  const peers = [
    names.find((name) => name.startsWith('RabbitMQ')),
    ...['amqplib', 'amqp-connection-manager', '@nestjs/microservices'].map(packageVersion),
  ];
  const text = report({
    measured,
    drained,
    options,
    peers,
    loadBefore,
    command: ['npm run bench -- queue', ...args].join(' '),
  });
  console.log(`\n${text}`);
  keep('queue', text);
}

function optionsOf(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, wholeNumber(name, text)]));
}
