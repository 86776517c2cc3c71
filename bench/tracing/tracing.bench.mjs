import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../../tools/failure.mjs';
import { watchInterrupts } from '../../tools/interrupts.mjs';
import { ROOT, say } from '../../tools/workspace.mjs';
import { startChild } from '../harness/child.mjs';
import { machine } from '../harness/machine.mjs';
import { roundRatio } from '../harness/ratios.mjs';
import { keep } from '../harness/results.mjs';
import { CORES } from '../harness/cores.mjs';
import { table } from '../harness/table.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { startNginxPods } from '../proxy/ways/nginx.mjs';
import { measureRounds } from '../proxy/requests/rounds.mjs';
import { wrkVersion } from '../proxy/requests/wrk.mjs';

const OPTIONS = { rounds: { type: 'string', default: '6' }, seconds: { type: 'string', default: '4' } };
const BODY = '{"status":true,"name":"bench"}';
const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};
/** Share of recorded requests; undefined: tracing is off. */
const WAYS = { off: undefined, 'off again': undefined, 'on, 1 %': '0.01', 'on, 100 %': '1' };

/**
 * npm run bench -- tracing [--rounds 6] [--seconds 4]
 *
 * Gateways before one backend, without stores, whose spans a collector in this process accepts.
 * @param {string[]} args
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const rounds = wholeNumber('rounds', values.rounds);
  const seconds = wholeNumber('seconds', values.seconds);
  const interrupted = new AbortController();
  watchInterrupts(() => interrupted.abort(new Failure('Interrupted; nothing was written.')));
  await using stack = new AsyncDisposableStack();
  const collector = await startCollector(stack);
  const starting = startNginxPods({ count: 1, cores: CORES.load, body: BODY });
  const pods = stack.adopt(await starting, (started) => started.stop());
  const ways = [];
  for (const [name, ratio] of Object.entries(WAYS))
    ways.push(await startWay(name, ratio, { backend: pods.urls[0], collector, stack }));
  const { signal } = interrupted;
  const measured = await measureRounds(ways, {
    name: 'tracing',
    body: BODY,
    rounds,
    seconds,
    leadIn: 1,
    log: say,
    signal,
  });
  const text = await report(measured, { rounds, seconds });
  console.log(text);
  keep('tracing', text);
}

async function startCollector(stack) {
  const server = createServer((request, response) => request.resume().once('end', () => response.end('{}')));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stack.defer(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${server.address().port}/v1/traces`;
}

async function startWay(name, ratio, { backend, collector, stack }) {
  const tracing = ratio === undefined ? {} : { TRACING_ENDPOINT: collector, TRACING_SAMPLE_RATIO: ratio };
  const gateway = await startChild({
    script: join(ROOT, 'apps/gateway/dist/main.js'),
    cores: CORES.system,
    upMessage: 'gateway is up',
    env: { ...AWAY, WEB_BACKENDS: backend, PORT: '0', MANAGEMENT_PORT: '0', ...tracing },
  });
  const { url } = gateway.lines.find(({ msg }) => msg === 'gateway listens');
  stack.defer(() => gateway.stop());
  return { name, url: `${url}/api/config`, pid: gateway.pid };
}

async function report(measured, { rounds, seconds }) {
  const [off] = measured;
  const { date, node, cpu } = machine();
  const rows = measured.map((each) => [
    each.way.name,
    roundRatio(each, off, 'perSecond').toFixed(2),
    roundRatio(each, off, 'cpuMicros').toFixed(2),
  ]);
  return `# Cost of tracing

A proxied page, by gateways before one backend. Medians of the ratios to tracing that is off, within ${rounds} rounds of
${seconds} s. "off again" is a second gateway without tracing: its difference from 1 is the error of the method.

${table(['tracing', 'requests per second', 'processor time per request'], rows)}

${date}, Node ${node}, ${cpu}; ${await wrkVersion()}.
`;
}
