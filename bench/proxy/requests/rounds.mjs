import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../../harness/process-usage.mjs';
import { CONNECTIONS } from '../ways/way.mjs';
import { runWrk } from './wrk.mjs';

const WARM_UP_SECONDS = 3;
/**
 * Before each measurement, of the same load: what a runtime compiled and how large it keeps its heap does not outlast
 * the turns of the others.
 */
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

/**
 * Loads the ways by turns.
 * @param {import('../ways/way.mjs').Way[]} ways
 * @param {{name: string, body: string, rounds: number, seconds: number, isDistinct?: boolean, log: (line: string) =>
 * void, signal: AbortSignal}} options `body` is what each must answer; `isDistinct`: each request asks for another page
 * @returns {Promise<Measured[]>}
 */
export async function measureRounds(ways, { name, body, rounds, seconds, isDistinct = false, log, signal }) {
  const measured = ways.map((way) => ({ way, rounds: [] }));
  for (const way of ways) {
    log(`${name}: warm-up of ${way.name}`);
    await warmUp(way, body, isDistinct);
  }
  for (let round = 1; round <= rounds; round++) {
    log(`${name}: round ${round} of ${rounds}`);
    for (const one of measured) {
      signal.throwIfAborted();
      one.rounds.push(await load(one.way, seconds, isDistinct));
    }
  }
  return measured;
}

async function warmUp(way, expected, isDistinct) {
  const body = await (await fetch(way.url, way.warmUp)).text();
  if (body !== expected)
    throw new Error(`${way.name} does not pass on what the pods answer, but ${body.slice(0, 200)}`);
  await load(way, WARM_UP_SECONDS, isDistinct);
}

/** @returns {Promise<Round>} */
async function load({ name, url, pid, connections = CONNECTIONS, script }, seconds, isDistinct) {
  const distinct = () => (isDistinct ? randomUUID() : undefined);
  await delay(SETTLE_MS); // the connections of the way before are being closed
  await runWrk({ url, connections, script, seconds: LEAD_IN_SECONDS, distinct: distinct() });
  await delay(SETTLE_MS);
  const before = cpuSeconds(pid);
  const {
    requests,
    seconds: taken,
    ...rest
  } = await runWrk({ url, connections, script, seconds, distinct: distinct() });
  if (requests === 0) throw new Error(`${name} answered nothing in ${taken.toFixed(1)} s`);
  const used = cpuSeconds(pid) - before;
  return { ...rest, perSecond: requests / taken, cpuMicros: (used * 1e6) / requests, busyRatio: used / taken };
}
