import { setTimeout as delay } from 'node:timers/promises';
import { CORES } from '../../harness/cores.mjs';
import { send, textOf } from '../../harness/http.mjs';
import { openLoop } from '../../harness/open-loop.mjs';
import { startPods } from '../pods/pods.mjs';
import { startGateway } from '../ways/gateway.mjs';
import { killSection, killVerdicts } from './kill.report.mjs';

const PODS = 3;
const KILLS = 3;
const WARM_UP = { ratePerSecond: 1000, count: 2000, seed: 0 };
const LOAD = { ratePerSecond: 1000, count: 6000 };
const KILL_AFTER_MS = 2000;
/** Longer than any ejection should take: from then on it counts as never. */
const EJECTED_WITHIN_MS = 4000;
/** Some of these are always at a pod, also when it dies. */
const PATH = '/work?ms=10';
const EJECTION = /^backend is (?:unhealthy|ejected)$/;

/**
 * @typedef {object} Kill one pod's death
 * @property {{askedAt: number, tookMs: number, isWell: boolean}[]} answers times by performance.now()
 * @property {number} killedAt
 * @property {number} [ejectedMs] from the kill until the gateway said that the pod gets no more; undefined when it
 * never did
 */

/** @type {import('../part.mjs').Part<Kill[]>} */
export const killPart = { name: 'kill', peers: async () => [], measure, verdicts: killVerdicts, section: killSection };

async function measure({ stores, log, signal }) {
  const kills = [];
  while (kills.length < KILLS) {
    signal.throwIfAborted();
    log(`kill: ${kills.length + 1} of ${KILLS}`);
    kills.push(await killOne(stores, kills.length + 1));
  }
  return kills;
}

/** @returns {Promise<Kill>} */
async function killOne(stores, seed) {
  await using stack = new AsyncDisposableStack();
  const pods = await startPods(PODS, stack);
  const gateway = stack.adopt(
    await startGateway({ stores, pods: pods.map(({ url }) => ({ url })), cores: CORES.alone }),
    (started) => started.stop(),
  );
  await openLoop({ ...WARM_UP, ask: () => ask(gateway.url) });
  const loaded = openLoop({ ...LOAD, seed, ask: () => ask(gateway.url) });
  await delay(KILL_AFTER_MS);
  const [victim] = pods;
  const ejected = gateway.nextLine(({ msg, backend }) => EJECTION.test(msg) && backend === victim.url);
  victim.signal('SIGKILL');
  const killedAt = performance.now();
  const never = delay(EJECTED_WITHIN_MS);
  const ejectedMs = await Promise.race([
    ejected.then(
      () => performance.now() - killedAt,
      () => never,
    ),
    never,
  ]);
  return { answers: await loaded, killedAt, ejectedMs };
}

async function ask(url) {
  const askedAt = performance.now();
  let isWell = true;
  try {
    await textOf(await send('GET', url + PATH));
  } catch {
    isWell = false;
  }
  return { askedAt, tookMs: performance.now() - askedAt, isWell };
}
