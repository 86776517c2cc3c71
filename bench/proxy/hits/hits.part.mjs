import { CORES } from '../../harness/cores.mjs';
import { measureRounds } from '../requests/rounds.mjs';
import { wrkVersion } from '../requests/wrk.mjs';
import { startGateway } from '../ways/gateway.mjs';
import { nginxVersion, startNginxCache, startNginxPods } from '../ways/nginx.mjs';
import { hitsSection, hitsVerdicts } from './hits.report.mjs';

const BODY = '{"status":true,"name":"bench"}';
const HEADER = 'Cache-Control "public, max-age=3600"';

/** @type {import('../part.mjs').Part<import('../requests/rounds.mjs').Measured[]>} */
export const hitsPart = { name: 'hits', peers: async () => [await nginxVersion(), await wrkVersion()], measure, verdicts: hitsVerdicts, section: hitsSection };

/** One answer that may be shared for an hour: after the first request no pod is asked. */
async function measure({ stores, rounds, seconds, cpuProfileDir, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const { urls } = await own(startNginxPods({ count: 1, cores: CORES.load, body: BODY, header: HEADER }));
  const nginx = await own(startNginxCache({ podUrls: urls, cores: CORES.alone }));
  const gateway = await own(startGateway({ stores, pods: urls.map((url) => ({ url })), cores: CORES.alone, cpuProfileDir }));
  return await measureRounds([nginx, { ...gateway, name: 'Slipstream gateway' }], { name: 'hits', body: BODY, rounds, seconds, log, signal });
}
