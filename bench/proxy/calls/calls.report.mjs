import { median } from '../../harness/distribution.mjs';
import { speedRatios, speedText } from '../../harness/ratios.mjs';
import { table } from '../../harness/table.mjs';

export const WEB = 'GET of the web pool';
export const CALLS = 'POST /v1/chat/completions';

const LEAST_RATIO = 0.6;
const MOST_SPREAD = 4;

/** @param {import('../requests/rounds.mjs').Measured[]} measured */
export function callsVerdicts(measured) {
  const [web, calls] = [WEB, CALLS].map((name) => measured.find(({ way }) => way.name === name));
  const ratios = speedRatios(calls, web);
  const spread = middle(calls, 'p99Ms') / middle(calls, 'p50Ms');
  const errors = calls.rounds.reduce((total, round) => total + round.errors, 0);
  return [
    {
      aim: `calls per second at least ${LEAST_RATIO} of web requests'`,
      measured: speedText(ratios),
      isMet: Math.max(ratios.bySecond, ratios.byCore) >= LEAST_RATIO,
    },
    {
      aim: `p99 of calls under ${MOST_SPREAD} times their p50`,
      measured: spread.toFixed(1),
      isMet: spread < MOST_SPREAD,
    },
    { aim: 'no errors of calls', measured: String(errors), isMet: errors === 0 },
  ];
}

/** @param {import('../requests/rounds.mjs').Measured[]} measured */
export function callsSection(measured) {
  const head = ['way', 'requests/s', 'p50 ms', 'p99 ms', 'errors', 'core busy', 'CPU µs/request'];
  const rows = measured.map((one) => [
    one.way.name,
    middle(one, 'perSecond').toFixed(0),
    middle(one, 'p50Ms').toFixed(2),
    middle(one, 'p99Ms').toFixed(2),
    String(one.rounds.reduce((total, round) => total + round.errors, 0)),
    `${(middle(one, 'busyRatio') * 100).toFixed(0)} %`,
    middle(one, 'cpuMicros').toFixed(0),
  ]);
  return ['## Model calls beside web requests', INTRODUCTION, table(head, rows)].join('\n\n');
}

const INTRODUCTION = `One gateway process on one core, 32 connections. Web requests and model calls take turns; a
call has a body of 600 bytes and an answer in
one piece. Pods and model servers are the same nginx. Medians of the rounds, each after some seconds of the same
load that don't count.`;

const middle = ({ rounds }, figure) => median(rounds.map((round) => round[figure]));
