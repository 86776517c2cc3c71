import { CORES } from '../../harness/cores.mjs';
import { startGateway } from '../ways/gateway.mjs';
import { nginxVersion, startNginxPods } from '../ways/nginx.mjs';
import { measureRounds } from '../requests/rounds.mjs';
import { wrkVersion } from '../requests/wrk.mjs';
import { callsSection, callsVerdicts, CALLS, WEB } from './calls.report.mjs';

const CONNECTIONS = 32;
/** A list of models for who asks for one, and an answer for who posts a call. */
const BODY = '{"data":[{"id":"m"}]}';

/** @type {import('../part.mjs').Part<import('../requests/rounds.mjs').Measured[]>} */
export const callsPart = { name: 'calls', peers, measure, verdicts: callsVerdicts, section: callsSection };

async function peers() {
  return [await nginxVersion(), await wrkVersion()];
}

/** One gateway, loaded by turns with requests to its web pool and with calls to its model pool. */
async function measure({ stores, cpuProfileDir, rounds, seconds, leadIn, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const { urls } = await own(startNginxPods({ count: 3, cores: CORES.load, body: BODY }));
  const gateway = await own(
    startGateway({
      stores,
      pods: urls.map((url) => ({ url })),
      settings: { llm: { backends: urls.map((url) => ({ url: `${url}/v1` })) } },
      cores: CORES.alone,
      cpuProfileDir,
    }),
  );
  const common = { pid: gateway.pid, stop: gateway.stop, connections: CONNECTIONS };
  const post = { method: 'POST', body: '{"model":"m"}', headers: { 'content-type': 'application/json' } };
  const ways = [
    { ...common, name: WEB, url: gateway.url },
    { ...common, name: CALLS, url: `${gateway.url}/v1/chat/completions`, script: '../calls/call.lua', warmUp: post },
  ];
  return await measureRounds(ways, { name: 'calls', body: BODY, rounds, seconds, leadIn, log, signal });
}
