import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../../harness/process-usage.mjs';
import { turnsOf } from '../../harness/turns.mjs';
import { CONNECTIONS } from '../ways/way.mjs';
import { runWrk } from './wrk.mjs';

const WARM_UP_SECONDS = 3;
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
 * Loads the ways by turns, in another order each round.
 * @param {import('../ways/way.mjs').Way[]} ways
 * @param {{name: string, body: string, rounds: number, seconds: number, leadIn: number, isDistinct?: boolean,
 * log: (line: string) => void, signal: AbortSignal}} options `body` is what each must answer; `leadIn`: seconds of the
 * same load before each measurement, because the heap that a runtime has grown and the code that it has compiled do not
 * outlast the turns of the others; `isDistinct`: each request asks for another page
 * @returns {Promise<Measured[]>}
 */
export async function measureRounds(ways, { name, body, rounds, seconds, leadIn, isDistinct = false, log, signal }) {
  const measured = ways.map((way) => ({ way, rounds: [] }));
  for (const way of ways) {
    log(`${name}: warm-up of ${way.name}`);
    await warmUp(way, body, isDistinct);
  }
  for (let round = 0; round < rounds; round++) {
    log(`${name}: round ${round + 1} of ${rounds}`);
    for (const one of turnsOf(measured, round)) {
      signal.throwIfAborted();
      one.rounds.push(await load(one.way, { seconds, leadIn, isDistinct }));
    }
  }
  return measured;
}

async function warmUp(way, expected, isDistinct) {
  const body = await (await fetch(way.url, way.warmUp)).text();
  if (body !== expected)
    throw new Error(`${way.name} does not pass on what the pods answer, but ${body.slice(0, 200)}`);
  await load(way, { seconds: WARM_UP_SECONDS, leadIn: 0, isDistinct });
}

/** @returns {Promise<Round>} */
async function load({ name, url, pid, connections = CONNECTIONS, script }, { seconds, leadIn, isDistinct }) {
  const distinct = () => (isDistinct ? randomUUID() : undefined);
  await delay(SETTLE_MS); // the connections of the way before are being closed
  if (leadIn > 0) await runWrk({ url, connections, script, seconds: leadIn, distinct: distinct() });
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
