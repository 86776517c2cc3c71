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

async function measure({ stores, cpuProfileDir, former, ways: wanted, ...load }) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const { urls } = await own(startNginxPods({ count: PODS, cores: CORES.load, body: BODY }));
  const ways = [];
  for (const [key, starting] of Object.entries(waysBefore(urls, { stores, cpuProfileDir, former })))
    if (!wanted || wanted.includes(key)) ways.push(await own(starting()));
  return await measureRounds(ways, { name: 'requests', body: BODY, ...load });
}

/** By the names of --ways. */
function waysBefore(podUrls, { stores, cpuProfileDir, former }) {
  const common = { podUrls, cores: CORES.alone };
  const gateway = { stores, pods: podUrls.map((url) => ({ url })), cores: CORES.alone };
  return {
    nginx: () => startNginxProxy(common),
    haproxy: () => startHaproxy(common),
    undici: () => startScript({ ...common, name: 'bare undici dispatch', script: 'bare-dispatch' }),
    fastify: () => startScript({ ...common, name: '@fastify/http-proxy', script: 'fastify' }),
    ...(former && { former: async () => ({ ...(await startGateway({ ...gateway, root: former })), name: FORMER }) }),
    gateway: async () => ({ ...(await startGateway({ ...gateway, cpuProfileDir })), name: 'Slipstream gateway' }),
    ...Object.fromEntries(['off', 'all'].map((access) => [`access-${access}`, () => withAccessLog(gateway, access)])),
  };
}

/** @param {'off' | 'all'} access the default is `slow` */
const withAccessLog = async (gateway, access) => ({
  ...(await startGateway({ ...gateway, settings: { log: { access } } })),
  name: `Slipstream gateway, log.access: ${access}`,
});
