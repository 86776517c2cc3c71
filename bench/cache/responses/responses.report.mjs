import { median } from '../../harness/distribution.mjs';
import { speedRatios, speedText } from '../../harness/ratios.mjs';
import { table } from '../../harness/table.mjs';
import { FORMER, formerVerdicts } from '../../proxy/ways/former.mjs';
import { GATEWAY, NGINX } from '../beside-nginx.mjs';

/**
 * Least requests per second, as a part of nginx's; met when both that measured and that which a whole core would give
 * are enough.
 */
const LEAST = 0.5;

const middle = ({ rounds }, figure) => median(rounds.map((round) => round[figure]));

/**
 * @param {import('../../proxy/requests/rounds.mjs').Measured[]} measured
 * @param {string} hits the answers that were measured
 */
export function responsesVerdicts(measured, hits = 'hits of the response cache') {
  const [nginx, gateway, former] = [NGINX, GATEWAY, FORMER].map((name) =>
    measured.find(({ way }) => way.name === name),
  );
  const errors = measured.flatMap(({ rounds }) => rounds).reduce((sum, round) => sum + round.errors, 0);
  return [
    ...(nginx ? [besideNginx(speedRatios(gateway, nginx), hits)] : []),
    ...formerVerdicts(hits, former && speedRatios(gateway, former)),
    { aim: `${hits}: no errors`, measured: String(errors), isMet: errors === 0 },
  ];
}

const besideNginx = (ratios, hits) => ({
  aim: `${hits}: at least ${LEAST} of nginx proxy_cache's requests per second`,
  measured: speedText(ratios),
  isMet: Math.min(ratios.bySecond, ratios.byCore) >= LEAST,
});

/**
 * @param {import('../../proxy/requests/rounds.mjs').Measured[]} measured
 * @param {{title: string, introduction: string}} texts
 */
export function responsesSection(measured, { title, introduction } = { title: TITLE, introduction: INTRODUCTION }) {
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
    `## ${title}`,
    introduction,
    table(['way', 'requests/s', 'p50 ms', 'p99 ms', 'core busy', 'CPU µs/request', 'requests/s, round by round'], rows),
  ].join('\n\n');
}

const TITLE = 'Hits of the response cache';
const INTRODUCTION = `One answer of 30 bytes that may be shared for an hour, from the memory of one process on one
core, 64 connections from another core;
medians of the rounds, each after some seconds of the same load that don't count; ratios are medians of those within
each round.`;
