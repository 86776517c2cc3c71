/**
 * The order in which ways take their turns in a round: each round begins with another way, and every second one goes
 * backwards. So each way has each place equally often, and no way has always the same one before it, which alone may be
 * worth a tenth of its speed.
 * @template Way
 * @param {readonly Way[]} ways
 * @param {number} round from 0
 * @returns {Way[]}
 */
export function turnsOf(ways, round) {
  const first = Math.floor(round / 2) % ways.length;
  const turned = [...ways.slice(first), ...ways.slice(0, first)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/**
 * Loads the ways by turns.
 * @template {{name: string}} Way
 * @param {readonly Way[]} ways
 * @param {{rounds: number, signal?: AbortSignal}} options
 * @param {(way: Way, round: number) => Promise<{perSecond: number, cpuMicros: number}>} load one turn
 * @returns {Promise<{way: string, perSecond: number[], cpuMicros: number[]}[]>} a figure for each round
 */
export async function measureInTurns(ways, { rounds, signal }, load) {
  const measured = new Map(ways.map(({ name }) => [name, { way: name, perSecond: [], cpuMicros: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const way of turnsOf(ways, round)) {
      signal?.throwIfAborted();
      const { perSecond, cpuMicros } = await load(way, round);
      const figures = measured.get(way.name);
      figures.perSecond.push(perSecond);
      figures.cpuMicros.push(cpuMicros);
    }
  }
  return [...measured.values()];
}
