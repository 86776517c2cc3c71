import { CORES } from '../../harness/cores.mjs';
import { residentMb } from '../../harness/process-usage.mjs';
import { measureRounds } from '../requests/rounds.mjs';
import { wrkVersion } from '../requests/wrk.mjs';
import { startGateway } from '../ways/gateway.mjs';
import { nginxVersion, startNginxPods } from '../ways/nginx.mjs';
import { backendsSection, backendsVerdicts, COUNTS, GATEWAY, nameOf } from './backends.report.mjs';
import { FORMER } from '../ways/former.mjs';

const BODY = '{"status":true,"name":"bench"}';

/** @type {import('../part.mjs').Part<(import('../requests/rounds.mjs').Measured & {residentMb: number})[]>} */
export const backendsPart = {
  name: 'backends',
  peers: async () => [await nginxVersion(), await wrkVersion()],
  measure,
  verdicts: backendsVerdicts,
  section: backendsSection,
};

/** Gateways that differ only in the number of their backends, all of which are one nginx, loaded by turns. */
async function measure({ stores, former, cpuProfileDir, rounds, seconds, leadIn, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const { urls } = await own(startNginxPods({ count: Math.max(...COUNTS), cores: CORES.load, body: BODY }));
  const common = { stores, cores: CORES.alone };
  const ways = [];
  for (const count of COUNTS) {
    const pods = urls.slice(0, count).map((url) => ({ url }));
    const builds = [[GATEWAY, { cpuProfileDir }], ...(former ? [[FORMER, { root: former }]] : [])];
    for (const [name, build] of builds)
      ways.push({ ...(await own(startGateway({ ...common, pods, ...build }))), name: nameOf(name, count) });
  }
  const measured = await measureRounds(ways, { name: 'backends', body: BODY, rounds, seconds, leadIn, log, signal });
  return measured.map((one) => ({ ...one, residentMb: residentMb(one.way.pid) }));
}
