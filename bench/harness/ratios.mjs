import { median } from './distribution.mjs';

/**
 * How two ways compare: the median of the ratios within each round. A machine whose speed changes from round to round
 * changes both ways of a round alike.
 * @param {{rounds: Record<string, number>[]}} one
 * @param {{rounds: Record<string, number>[]}} other with as many rounds
 * @param {string} figure of a round
 */
export const roundRatio = (one, other, figure) =>
  median(one.rounds.map((round, index) => round[figure] / other.rounds[index][figure]));

/**
 * Requests per second of one way as parts of another's.
 * @returns {{bySecond: number, byCore: number}} as measured, and per second that its process was on a core
 */
export const speedRatios = (one, other) => ({
  bySecond: roundRatio(one, other, 'perSecond'),
  byCore: roundRatio(other, one, 'cpuMicros'),
});

/** For a report. */
export const speedText = ({ bySecond, byCore }) => `${bySecond.toFixed(2)}; ${byCore.toFixed(2)} per second of a core`;
