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
