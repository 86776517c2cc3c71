import { median } from '../../harness/distribution.mjs';
import { speedRatios, speedText } from '../../harness/ratios.mjs';
import { table } from '../../harness/table.mjs';

/** Backends of a gateway; the others are held against the first. */
export const COUNTS = [1, 100, 500];
export const GATEWAY = 'Slipstream gateway';
export const nameOf = (gateway, count) => `${gateway}, ${count} ${count === 1 ? 'backend' : 'backends'}`;

/** Least requests per second with many backends, as a part of those with one. */
const LEAST_RATIO = 0.9;

/** @param {import('../requests/rounds.mjs').Measured[]} measured */
export function backendsVerdicts(measured) {
  const withCount = (count) => measured.find(({ way }) => way.name === nameOf(GATEWAY, count));
  const growth = COUNTS.slice(1).map((count) => {
    const ratios = speedRatios(withCount(count), withCount(1));
    return {
      aim: `with ${count} backends at least ${LEAST_RATIO} of the requests per second with one`,
      measured: speedText(ratios),
      isMet: Math.max(ratios.bySecond, ratios.byCore) >= LEAST_RATIO,
    };
  });
  const errors = measured.flatMap(({ rounds }) => rounds).reduce((sum, round) => sum + round.errors, 0);
  return [...growth, { aim: 'many backends: no errors', measured: String(errors), isMet: errors === 0 }];
}

/** @param {(import('../requests/rounds.mjs').Measured & {residentMb: number})[]} measured */
export function backendsSection(measured) {
  const head = ['way', 'requests/s', 'of one backend', 'p50 ms', 'p99 ms', 'CPU µs/request', 'of one', 'resident MB'];
  const rows = measured.map((one) => {
    const { bySecond, byCore } = speedRatios(one, firstOf(one, measured));
    return [
      one.way.name,
      middle(one, 'perSecond').toFixed(0),
      bySecond.toFixed(2),
      middle(one, 'p50Ms').toFixed(2),
      middle(one, 'p99Ms').toFixed(2),
      middle(one, 'cpuMicros').toFixed(1),
      (1 / byCore).toFixed(2),
      one.residentMb,
    ];
  });
  return ['## Growth with the number of backends', INTRODUCTION, table(head, rows)].join('\n\n');
}

const INTRODUCTION = `One gateway process on one core for each number of backends, 64 connections,
least_connections. All backends are ports of the same nginx,
which answers 30 bytes at once. Medians of the rounds, each after some seconds of the same load that don't count;
ratios are medians of those within each
round. Resident is VmRSS at the end.`;

/** The same build with one backend. */
const firstOf = ({ way }, measured) => {
  const [build] = way.name.split(/, \d+ /);
  return measured.find((other) => other.way.name === nameOf(build, 1));
};
const middle = ({ rounds }, figure) => median(rounds.map((round) => round[figure]));
