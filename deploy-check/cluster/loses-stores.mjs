import { kubectl, rolledOut, until } from './kubectl.mjs';
import { SERVICES } from './comes-up.mjs';

const READY = '/api/v1/namespaces/slipstream/services/gateway-management:management/proxy/health/ready';
const GET_PAGE = "fetch('http://gateway/page').then(({ status }) => console.log(status))";

/** A store that is away. */
export async function losesStores(report) {
  await report.check('Redis away: the gateway is degraded, stays ready, and serves pages', async () => {
    await kubectl('scale', '--replicas=0', 'statefulset/redis');
    try {
      await until('the gateway reports degraded', async () => (await readiness()).status === 'degraded');
      const status = await kubectl('exec', 'deployment/client', '--', '/usr/bin/node', '-e', GET_PAGE);
      if (status.trim() !== '200') throw new Error(`GET /page: ${status}`);
    } finally {
      await kubectl('scale', '--replicas=1', 'statefulset/redis');
    }
    await until('the gateway reports ok', async () => (await readiness()).status === 'ok');
    await rolledOut(...SERVICES);
  });
}

const readiness = async () => JSON.parse(await kubectl('get', '--raw', READY));
