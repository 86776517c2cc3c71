import { CORES } from '../../harness/cores.mjs';
import { measureRounds } from '../../proxy/requests/rounds.mjs';
import { wrkVersion } from '../../proxy/requests/wrk.mjs';
import { FORMER } from '../../proxy/ways/former.mjs';
import { startGateway } from '../../proxy/ways/gateway.mjs';
import { nginxVersion, startNginxCache, startNginxPods } from '../../proxy/ways/nginx.mjs';
import { responsesSection, responsesVerdicts } from './responses.report.mjs';

const BODY = '{"status":true,"name":"bench"}';
const HEADER = 'Cache-Control "public, max-age=3600"';

/** @type {import('../../proxy/part.mjs').Part<import('../../proxy/requests/rounds.mjs').Measured[]>} */
export const responsesPart = {
  name: 'responses',
  peers: async () => [await nginxVersion(), await wrkVersion()],
  measure,
  verdicts: responsesVerdicts,
  section: responsesSection,
};

/** One answer that may be shared for an hour: after the first request no pod is asked. */
async function measure({ stores, rounds, seconds, former, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const { urls } = await own(startNginxPods({ count: 1, cores: CORES.load, body: BODY, header: HEADER }));
  const nginx = await own(startNginxCache({ podUrls: urls, cores: CORES.alone }));
  const before = { stores, pods: urls.map((url) => ({ url })), cores: CORES.alone };
  const gateway = await own(startGateway(before));
  const formers = former ? [{ ...(await own(startGateway({ ...before, root: former }))), name: FORMER }] : [];
  return await measureRounds([nginx, { ...gateway, name: 'Slipstream gateway' }, ...formers], {
    name: 'responses',
    body: BODY,
    rounds,
    seconds,
    log,
    signal,
  });
}
