import { openLoop } from '../harness/open-loop.mjs';
import { DatabaseTime } from './database-time.mjs';

/**
 * While the other ways had their turns, connections went idle and were closed; they are made again before times count.
 */
const LEAD_IN_SECONDS = 1;

/**
 * What was measured of one way.
 * @typedef {object} Measured
 * @property {import('./ways/direct.way.mjs').Way} way
 * @property {DatabaseTime} database
 * @property {import('./ways/direct.way.mjs').Times[][]} rounds the times of each round's messages
 */

/**
 * @typedef {object} Load
 * @property {number} rate messages per second
 * @property {number} seconds that each way is loaded in each round
 * @property {number} rounds
 * @property {number} warmUpSeconds that each way is loaded before, uncounted
 */

/**
 * Loads the ways in turn, round by round, so that a noisy moment of the machine meets all of them; within a round all
 * see the same arrivals.
 * @param {import('./ways/direct.way.mjs').Way[]} ways
 * @param {Load} load
 * @param {{signal: AbortSignal, log: (line: string) => void}} options
 * @returns {Promise<Measured[]>}
 */
export async function measureInRounds(ways, { rate, seconds, rounds, warmUpSeconds }, { signal, log }) {
  const measured = ways.map((way) => ({ way, database: new DatabaseTime(way.managementUrls), rounds: [] }));
  for (const { way } of measured) {
    log(`Warm-up: ${way.name}`);
    await load(way, { rate, count: rate * warmUpSeconds, seed: 0, signal });
  }
  const uncounted = rate * LEAD_IN_SECONDS;
  const count = uncounted + rate * seconds;
  for (let round = 1; round <= rounds; round++) {
    log(`Round ${round} of ${rounds}`);
    for (const one of measured) {
      const times = await load(one.way, { rate, count, seed: round, signal, database: one.database });
      one.rounds.push(times.slice(uncounted));
    }
  }
  return measured;
}

async function load(way, { rate, count, seed, signal, database }) {
  signal.throwIfAborted();
  await way.prepare(count);
  const task = () => openLoop({ ratePerSecond: rate, count, seed, ask: () => way.ask() });
  return database ? database.during(count, task) : task();
}
