import { median } from '../../harness/distribution.mjs';
import { roundRatio, speedRatios, speedText } from '../../harness/ratios.mjs';
import { table } from '../../harness/table.mjs';
import { FORMER, formerVerdicts } from '../ways/former.mjs';

/**
 * Least and wished-for requests per second, as parts of each peer's; met when both those measured and those that a
 * whole core would give are enough.
 */
const AIMS = [
  { peer: 'nginx', least: 0.25, wished: 0.4 },
  { peer: '@fastify/http-proxy', least: 1.5, wished: 2.4 },
];

/** @param {import('./requests.part.mjs').Measured[]} measured */
export function requestsVerdicts(measured) {
  const gateway = named(measured, 'Slipstream gateway');
  const ratios = AIMS.flatMap(({ peer, least, wished }) => {
    const other = named(measured, peer);
    if (!other) return [];
    const ratios = speedRatios(gateway, other);
    const measuredRatios = speedText(ratios);
    const isMet = (aim) => Math.min(ratios.bySecond, ratios.byCore) >= aim;
    return [
      { aim: `requests per second at least ${least} of ${peer}'s`, measured: measuredRatios, isMet: isMet(least) },
      { aim: `wished for: ${wished} of ${peer}'s`, measured: measuredRatios, isMet: isMet(wished) },
    ];
  });
  const errors = sum(gateway.rounds, 'errors');
  const former = named(measured, FORMER);
  return [
    ...ratios,
    ...formerVerdicts('requests per second', former && speedRatios(gateway, former)),
    ...tailVerdicts(gateway, named(measured, '@fastify/http-proxy')),
    { aim: 'no errors', measured: String(errors), isMet: errors === 0 },
  ];
}

function tailVerdicts(gateway, fastify) {
  if (!fastify) return [];
  const [ours, theirs] = [gateway, fastify].map((one) => middle(one, 'p99Ms'));
  return [
    {
      aim: "p99 no worse than @fastify/http-proxy's",
      measured: `${ours.toFixed(1)} and ${theirs.toFixed(1)} ms`,
      isMet: ours <= theirs,
    },
  ];
}

/** @param {import('./requests.part.mjs').Measured[]} measured */
export function requestsSection(measured) {
  const [nginx, fastify] = ['nginx', '@fastify/http-proxy'].map((name) => named(measured, name));
  const rows = measured.map((one) => [
    one.way.name,
    middle(one, 'perSecond').toFixed(0),
    ratio(one, nginx, 'perSecond'),
    ratio(one, fastify, 'perSecond'),
    middle(one, 'p50Ms').toFixed(2),
    middle(one, 'p99Ms').toFixed(2),
    String(sum(one.rounds, 'errors')),
    `${(middle(one, 'busyRatio') * 100).toFixed(0)} %`,
    middle(one, 'cpuMicros').toFixed(1),
    ratio(nginx, one, 'cpuMicros'),
    ratio(fastify, one, 'cpuMicros'),
  ]);
  return [
    '## Requests per second',
    INTRODUCTION,
    table(COLUMNS, rows),
    '### Requests per second, round by round',
    roundByRound(measured),
  ].join('\n\n');
}

const COLUMNS = [
  'way',
  'requests/s',
  'of nginx',
  'of @fastify/http-proxy',
  'p50 ms',
  'p99 ms',
  'errors',
  'core busy',
  'CPU µs/request',
  'per core-second, of nginx',
  'of @fastify/http-proxy',
];

const INTRODUCTION = `One process on one core, 64 connections, three pods that answer 30 bytes at once; medians of
the rounds, each after some seconds of the same load
that don't count. Ratios are medians of the ratios within each round. The load and the pods share the other core:
where a way's core was not busy all the time, they were the limit, or something else ran
on this machine. **Per core-second** is what a core that is busy all the time would answer (the inverse of the CPU
per request): that is the ratio to
trust then, and an aim counts as met only if both meet it.`;

function roundByRound(measured) {
  const head = ['way', ...measured[0].rounds.map((_, index) => `round ${index + 1}`)];
  return table(
    head,
    measured.map(({ way, rounds }) => [way.name, ...rounds.map(({ perSecond }) => perSecond.toFixed(0))]),
  );
}

const named = (measured, wanted) => measured.find(({ way }) => way.name === wanted);
const middle = ({ rounds }, figure) => median(rounds.map((round) => round[figure]));
const ratio = (one, other, figure) => (one && other ? roundRatio(one, other, figure).toFixed(2) : '–');
const sum = (rounds, figure) => rounds.reduce((total, round) => total + round[figure], 0);
