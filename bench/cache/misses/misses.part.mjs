import { median } from '../../harness/distribution.mjs';
import { speedRatios, speedText } from '../../harness/ratios.mjs';
import { table } from '../../harness/table.mjs';
import { wrkVersion } from '../../proxy/requests/wrk.mjs';
import { FORMER, formerVerdicts } from '../../proxy/ways/former.mjs';
import { nginxVersion } from '../../proxy/ways/nginx.mjs';
import { GATEWAY, measureBesideNginx, NGINX } from '../beside-nginx.mjs';

const BODY = JSON.stringify({ text: 'x'.repeat(1011) });
/** Least requests per second, as a part of nginx's; met when that of a whole core is enough. */
const LEAST = 0.5;
/** All that nginx is asked for in one run. */
const NGINX_KEYS_MB = 512;

/**
 * Answers of 1 KB that may be shared, each asked for once: all are fetched and stored.
 * @type {import('../../proxy/part.mjs').Part<import('../../proxy/requests/rounds.mjs').Measured[]>}
 */
export const missesPart = {
  name: 'misses',
  peers: async () => [await nginxVersion(), await wrkVersion()],
  measure: (context) =>
    measureBesideNginx({ name: 'misses', body: BODY, isDistinct: true, nginxKeysMb: NGINX_KEYS_MB }, context),
  verdicts,
  section,
};

const middle = ({ rounds }, figure) => median(rounds.map((round) => round[figure]));
function verdicts(measured) {
  const [nginx, gateway, former] = [NGINX, GATEWAY, FORMER].map((name) =>
    measured.find(({ way }) => way.name === name),
  );
  return [
    ...(nginx ? [besideNginx(speedRatios(gateway, nginx))] : []),
    ...formerVerdicts('misses that are stored', former && speedRatios(gateway, former)),
  ];
}

const besideNginx = (ratios) => ({
  aim: `misses that are stored: at least ${LEAST} of nginx proxy_cache's requests per second`,
  measured: speedText(ratios),
  isMet: Math.max(ratios.bySecond, ratios.byCore) >= LEAST,
});

function section(measured) {
  const rows = measured.map((one) => [
    one.way.name,
    middle(one, 'perSecond').toFixed(0),
    middle(one, 'p50Ms').toFixed(2),
    middle(one, 'p99Ms').toFixed(2),
    middle(one, 'cpuMicros').toFixed(1),
    one.rounds.map(({ perSecond }) => perSecond.toFixed(0)).join(', '),
  ]);
  const head = ['way', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs/request', 'requests/s, round by round'];
  return ['## Misses of the response cache', INTRODUCTION, table(head, rows)].join('\n\n');
}

const INTRODUCTION = `Answers of 1 KB that may be shared for an hour, each requested once: every request is fetched
and stored, by nginx on disk, by the
gateway in memory and in Redis. One process on one core, 64 connections from another core; medians of the rounds.`;
