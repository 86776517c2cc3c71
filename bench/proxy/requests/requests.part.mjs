import { CORES } from '../../harness/cores.mjs';
import { packageVersion } from '../../harness/machine.mjs';
import { FORMER } from '../ways/former.mjs';
import { startGateway } from '../ways/gateway.mjs';
import { haproxyVersion, startHaproxy } from '../ways/haproxy.mjs';
import { nginxVersion, startNginxPods, startNginxProxy } from '../ways/nginx.mjs';
import { startScript } from '../ways/node-script.mjs';
import { requestsSection, requestsVerdicts } from './requests.report.mjs';
import { measureRounds } from './rounds.mjs';
import { wrkVersion } from './wrk.mjs';

const PODS = 3;
const BODY = '{"status":true,"name":"bench"}';
/** @typedef {import('./rounds.mjs').Measured} Measured */

/** @type {import('../part.mjs').Part<Measured[]>} */
export const requestsPart = { name: 'requests', peers, measure, verdicts: requestsVerdicts, section: requestsSection };

const PACKAGES = ['fastify', '@fastify/http-proxy', '@fastify/reply-from', 'undici'];

async function peers() {
  return [await nginxVersion(), await haproxyVersion(), await wrkVersion(), ...PACKAGES.map(packageVersion)];
}

async function measure({ stores, rounds, seconds, cpuProfileDir, former, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const { urls } = await own(startNginxPods({ count: PODS, cores: CORES.load, body: BODY }));
  const ways = [];
  for (const starting of waysBefore(urls, { stores, cpuProfileDir, former })) ways.push(await own(starting()));
  return await measureRounds(ways, { name: 'requests', body: BODY, rounds, seconds, log, signal });
}

/** The first is the one that the others are held against. */
function waysBefore(podUrls, { stores, cpuProfileDir, former }) {
  const common = { podUrls, cores: CORES.alone };
  const gateway = { stores, pods: podUrls.map((url) => ({ url })), cores: CORES.alone };
  return [
    () => startNginxProxy(common),
    () => startHaproxy(common),
    () => startScript({ ...common, name: 'bare undici dispatch', script: 'bare-dispatch' }),
    () => startScript({ ...common, name: '@fastify/http-proxy', script: 'fastify' }),
    ...(former ? [async () => ({ ...(await startGateway({ ...gateway, root: former })), name: FORMER })] : []),
    async () => ({ ...(await startGateway({ ...gateway, cpuProfileDir })), name: 'Slipstream gateway' }),
  ];
}
