import { fileURLToPath } from 'node:url';
import { Failure } from '../../../tools/failure.mjs';
import { runQuietly } from '../../../tools/run.mjs';
import { startChild } from '../../harness/child.mjs';
import { CORES } from '../../harness/cores.mjs';
import { packageVersion } from '../../harness/machine.mjs';
import { startPods } from '../pods/pods.mjs';
import { startGateway } from '../ways/gateway.mjs';
import { connectionsSection, connectionsVerdicts } from './connections.report.mjs';

const CLIENTS = fileURLToPath(new URL('clients.process.mjs', import.meta.url));
const PODS = 3;
const PROCESSES = 2;
const SOCKETS = 5000;
const STREAMS = 300;
const OF_EACH_PROCESS = {
  SOCKETS: String(SOCKETS / PROCESSES),
  STREAMS: String(STREAMS / PROCESSES),
  MESSAGES: '12',
  EVERY_MS: '1000',
  EVENTS: '200',
};
/** Two for each connection that goes through the gateway, and some for everything else. */
const FILES_NEEDED = 2 * (SOCKETS + STREAMS) + 400;
const SAMPLE_EVERY_MS = 200;

/**
 * @typedef {object} Connections
 * @property {number} sockets
 * @property {number} streams
 * @property {number} openingMs until all were open
 * @property {Record<string, number>[]} clients what each client process reports (clients.process.mjs)
 * @property {{messages: number, outOfOrder: number}[]} pods
 * @property {{beforeMb: number, openMb: number, peakMb: number}} memory of the gateway: idle, all open and silent, most
 * in between and after
 */

/** @type {import('../part.mjs').Part<Connections>} */
export const connectionsPart = {
  name: 'connections',
  peers: async () => [packageVersion('ws')],
  measure,
  verdicts: connectionsVerdicts,
  section: connectionsSection,
};

async function measure({ stores, log, signal }) {
  await checkFileLimit();
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const pods = await startPods(PODS, stack);
  const gateway = await own(startGateway({ stores, pods: pods.map(({ url }) => ({ url })), cores: CORES.alone }));
  const beforeMb = gateway.residentMb();
  const peakMb = watchPeak(gateway, stack);
  log(`connections: opening ${SOCKETS} WebSockets and ${STREAMS} event streams`);
  const startedAt = performance.now();
  const clients = await Promise.all(Array.from({ length: PROCESSES }, () => own(openClients(gateway.url))));
  const openingMs = performance.now() - startedAt;
  const openMb = gateway.residentMb();
  signal.throwIfAborted();
  log('connections: all are open, messages go');
  const reports = await Promise.all(clients.map(converse));
  const counts = await Promise.all(pods.map((pod) => pod.counts()));
  return {
    sockets: SOCKETS,
    streams: STREAMS,
    openingMs,
    clients: reports,
    pods: counts,
    memory: { beforeMb, openMb, peakMb: peakMb() },
  };
}

/** Node itself raises the soft limit to the hard one. */
async function checkFileLimit() {
  const { output } = await runQuietly('sh', ['-c', 'ulimit -Hn']);
  if (Number(output) < FILES_NEEDED)
    throw new Failure(
      `A process may open ${output.trim()} files here, and needs ${FILES_NEEDED}: raise the hard limit ` +
        '(ulimit -Hn) and run again.',
    );
}

function watchPeak({ residentMb }, stack) {
  let peakMb = 0;
  const timer = setInterval(() => (peakMb = Math.max(peakMb, residentMb())), SAMPLE_EVERY_MS);
  stack.defer(() => clearInterval(timer));
  return () => peakMb;
}

const openClients = (url) =>
  startChild({ script: CLIENTS, cores: CORES.load, upMessage: 'all open', env: { ...OF_EACH_PROCESS, URL: url } });

function converse({ signal, nextLine }) {
  const finished = nextLine(({ msg }) => msg === 'finished');
  signal('SIGUSR2');
  return finished;
}
