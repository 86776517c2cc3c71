import { CORES } from '../harness/cores.mjs';
import { measureRounds } from '../proxy/requests/rounds.mjs';
import { FORMER } from '../proxy/ways/former.mjs';
import { startGateway } from '../proxy/ways/gateway.mjs';
import { startNginxCache, startNginxPods } from '../proxy/ways/nginx.mjs';

const HEADER = 'Cache-Control "public, max-age=3600"';
export const GATEWAY = 'Slipstream gateway';
export const NGINX = 'nginx proxy_cache';

/**
 * Loads the gateway, nginx as a cache and a former build of the gateway by turns, before one pod whose answer may be
 * shared for an hour.
 * @param {{name: string, body: string, isDistinct?: boolean, nginxKeysMb?: number}} part
 * @param {object} context as parts get it
 * @returns {Promise<import('../proxy/requests/rounds.mjs').Measured[]>}
 */
export async function measureBesideNginx(
  { name, body, isDistinct, nginxKeysMb },
  { stores, former, cpuProfileDir, ways: wanted, ...load },
) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const { urls } = await own(startNginxPods({ count: 1, cores: CORES.load, body, header: HEADER }));
  const before = { stores, pods: urls.map((url) => ({ url })), cores: CORES.alone };
  const startings = {
    nginx: () => startNginxCache({ podUrls: urls, cores: CORES.alone, keysMb: nginxKeysMb }),
    gateway: async () => ({ ...(await startGateway({ ...before, cpuProfileDir })), name: GATEWAY }),
    ...(former && { former: async () => ({ ...(await startGateway({ ...before, root: former })), name: FORMER }) }),
  };
  const ways = [];
  for (const [key, starting] of Object.entries(startings))
    if (!wanted || wanted.includes(key)) ways.push(await own(starting()));
  return await measureRounds(ways, { name, body, isDistinct, ...load });
}
