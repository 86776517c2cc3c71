import { median } from '../../harness/distribution.mjs';
import { table } from '../../harness/table.mjs';
import { formerVerdicts } from '../../proxy/ways/former.mjs';

/**
 * Least requests per second, as a part of nginx's; met when both that measured and that which a whole core would give
 * are enough.
 */
const LEAST = 0.5;

const middle = ({ rounds }, figure) => median(rounds.map((round) => round[figure]));
const ratios = (other, gateway) => ({
  bySecond: middle(gateway, 'perSecond') / middle(other, 'perSecond'),
  byCore: middle(other, 'cpuMicros') / middle(gateway, 'cpuMicros'),
});

/** @param {import('../../proxy/requests/rounds.mjs').Measured[]} measured */
export function responsesVerdicts(measured) {
  const [nginx, gateway, former] = measured;
  const { bySecond, byCore } = ratios(nginx, gateway);
  const errors = measured.flatMap(({ rounds }) => rounds).reduce((sum, round) => sum + round.errors, 0);
  return [
    {
      aim: `hits of the response cache: at least ${LEAST} of nginx proxy_cache's requests per second`,
      measured: `${bySecond.toFixed(2)}; ${byCore.toFixed(2)} per second of a core`,
      isMet: Math.min(bySecond, byCore) >= LEAST,
    },
    ...formerVerdicts('hits of the response cache', former && ratios(former, gateway)),
    { aim: 'hits of the response cache: no errors', measured: String(errors), isMet: errors === 0 },
  ];
}

/** @param {import('../../proxy/requests/rounds.mjs').Measured[]} measured */
export function responsesSection(measured) {
  const rows = measured.map((one) => [
    one.way.name,
    middle(one, 'perSecond').toFixed(0),
    middle(one, 'p50Ms').toFixed(2),
    middle(one, 'p99Ms').toFixed(2),
    `${(middle(one, 'busyRatio') * 100).toFixed(0)} %`,
    middle(one, 'cpuMicros').toFixed(1),
    one.rounds.map(({ perSecond }) => perSecond.toFixed(0)).join(', '),
  ]);
  return [
    '## Hits of the response cache',
    INTRODUCTION,
    table(['way', 'requests/s', 'p50 ms', 'p99 ms', 'core busy', 'CPU µs/request', 'requests/s, round by round'], rows),
  ].join('\n\n');
}

const INTRODUCTION = `One answer of 30 bytes that may be shared for an hour, from the memory of one process on one core, 64 connections from another core;
medians of the rounds, each after 6 s of the same load that don't count.`;
