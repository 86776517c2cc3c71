import { median } from '../../harness/distribution.mjs';
import { CORES } from '../../harness/cores.mjs';
import { table } from '../../harness/table.mjs';
import { measureRounds } from '../../proxy/requests/rounds.mjs';
import { wrkVersion } from '../../proxy/requests/wrk.mjs';
import { FORMER, formerVerdicts } from '../../proxy/ways/former.mjs';
import { startGateway } from '../../proxy/ways/gateway.mjs';
import { nginxVersion, startNginxCache, startNginxPods } from '../../proxy/ways/nginx.mjs';

const BODY = JSON.stringify({ text: 'x'.repeat(1011) });
const HEADER = 'Cache-Control "public, max-age=3600"';
/** Least requests per second, as a part of nginx's; met when that of a whole core is enough. */
const LEAST = 0.5;
/** All that nginx is asked for in one run. */
const NGINX_KEYS_MB = 512;

/** @type {import('../../proxy/part.mjs').Part<import('../../proxy/requests/rounds.mjs').Measured[]>} */
export const missesPart = {
  name: 'misses',
  peers: async () => [await nginxVersion(), await wrkVersion()],
  measure,
  verdicts,
  section,
};

/** Answers of 1 KB that may be shared, each asked for once: all are fetched and stored. */
async function measure({ stores, rounds, seconds, former, cpuProfileDir, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const { urls } = await own(startNginxPods({ count: 1, cores: CORES.load, body: BODY, header: HEADER }));
  const nginx = await own(startNginxCache({ podUrls: urls, cores: CORES.alone, keysMb: NGINX_KEYS_MB }));
  const before = { stores, pods: urls.map((url) => ({ url })), cores: CORES.alone };
  const gateway = await own(startGateway({ ...before, cpuProfileDir }));
  const formers = former ? [{ ...(await own(startGateway({ ...before, root: former }))), name: FORMER }] : [];
  const ways = [nginx, { ...gateway, name: 'Slipstream gateway' }, ...formers];
  return await measureRounds(ways, { name: 'misses', body: BODY, rounds, seconds, isDistinct: true, log, signal });
}

const middle = ({ rounds }, figure) => median(rounds.map((round) => round[figure]));
const ratios = (other, gateway) => ({
  bySecond: middle(gateway, 'perSecond') / middle(other, 'perSecond'),
  byCore: middle(other, 'cpuMicros') / middle(gateway, 'cpuMicros'),
});

function verdicts([nginx, gateway, former]) {
  const { bySecond, byCore } = ratios(nginx, gateway);
  return [
    {
      aim: `misses that are stored: at least ${LEAST} of nginx proxy_cache's requests per second`,
      measured: `${bySecond.toFixed(2)}; ${byCore.toFixed(2)} per second of a core`,
      isMet: Math.max(bySecond, byCore) >= LEAST,
    },
    ...formerVerdicts('misses that are stored', former && ratios(former, gateway)),
  ];
}

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

const INTRODUCTION = `Answers of 1 KB that may be shared for an hour, each requested once: every request is fetched and stored, by nginx on disk, by the
gateway in memory and in Redis. One process on one core, 64 connections from another core; medians of the rounds.`;
