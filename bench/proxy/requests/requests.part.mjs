import { setTimeout as delay } from 'node:timers/promises';
import { CORES } from '../../harness/cores.mjs';
import { packageVersion } from '../../harness/machine.mjs';
import { cpuSeconds } from '../../harness/process-usage.mjs';
import { startGateway } from '../ways/gateway.mjs';
import { haproxyVersion, startHaproxy } from '../ways/haproxy.mjs';
import { nginxVersion, startNginxPods, startNginxProxy } from '../ways/nginx.mjs';
import { startScript } from '../ways/node-script.mjs';
import { CONNECTIONS } from '../ways/way.mjs';
import { requestsSection, requestsVerdicts } from './requests.report.mjs';
import { runWrk, wrkVersion } from './wrk.mjs';

const PODS = 3;
const BODY = '{"status":true,"name":"bench"}';
const WARM_UP_SECONDS = 3;
/** Before each measurement, of the same load: what a runtime compiled and how large it keeps its heap does not outlast the turns of the others. */
const LEAD_IN_SECONDS = 6;
const SETTLE_MS = 200;

/**
 * What one round measured of a way.
 * @typedef {object} Round
 * @property {number} perSecond requests
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} errors
 * @property {number} cpuMicros of the proxy per request, user and system
 * @property {number} busyRatio part of the time that the proxy was on its core
 *
 * @typedef {{way: import('../ways/way.mjs').Way, rounds: Round[]}} Measured
 */

/** @type {import('../part.mjs').Part<Measured[]>} */
export const requestsPart = { name: 'requests', peers, measure, verdicts: requestsVerdicts, section: requestsSection };

const PACKAGES = ['fastify', '@fastify/http-proxy', '@fastify/reply-from', 'undici'];

async function peers() {
  return [await nginxVersion(), await haproxyVersion(), await wrkVersion(), ...PACKAGES.map(packageVersion)];
}

async function measure({ stores, rounds, seconds, cpuProfileDir, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const { urls } = await own(startNginxPods({ count: PODS, cores: CORES.load, body: BODY }));
  const ways = [];
  for (const starting of waysBefore(urls, { stores, cpuProfileDir })) ways.push(await own(starting()));
  const measured = ways.map((way) => ({ way, rounds: [] }));
  for (const way of ways) await warmUp(way, log);
  for (let round = 1; round <= rounds; round++) {
    log(`requests: round ${round} of ${rounds}`);
    for (const one of measured) {
      signal.throwIfAborted();
      one.rounds.push(await load(one.way, seconds));
    }
  }
  return measured;
}

/** The first is the one that the others are held against. */
function waysBefore(podUrls, { stores, cpuProfileDir }) {
  const common = { podUrls, cores: CORES.alone };
  return [
    () => startNginxProxy(common),
    () => startHaproxy(common),
    () => startScript({ ...common, name: 'bare undici dispatch', script: 'bare-dispatch' }),
    () => startScript({ ...common, name: '@fastify/http-proxy', script: 'fastify' }),
    async () => ({ ...(await startGateway({ stores, pods: podUrls.map((url) => ({ url })), cores: CORES.alone, cpuProfileDir })), name: 'Slipstream gateway' }),
  ];
}

async function warmUp(way, log) {
  log(`requests: warm-up of ${way.name}`);
  const body = await (await fetch(way.url)).text();
  if (body !== BODY) throw new Error(`${way.name} does not pass on what the pods answer, but ${body.slice(0, 200)}`);
  await load(way, WARM_UP_SECONDS);
}

/** @returns {Promise<Round>} */
async function load({ name, url, pid }, seconds) {
  await delay(SETTLE_MS); // the connections of the way before are being closed
  await runWrk({ url, connections: CONNECTIONS, seconds: LEAD_IN_SECONDS });
  await delay(SETTLE_MS);
  const before = cpuSeconds(pid);
  const { requests, seconds: taken, ...rest } = await runWrk({ url, connections: CONNECTIONS, seconds });
  if (requests === 0) throw new Error(`${name} answered nothing in ${taken.toFixed(1)} s`);
  const used = cpuSeconds(pid) - before;
  return { ...rest, perSecond: requests / taken, cpuMicros: (used * 1e6) / requests, busyRatio: used / taken };
}
