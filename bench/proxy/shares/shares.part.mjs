import { CORES } from '../../harness/cores.mjs';
import { eventsOf, send, textOf } from '../../harness/http.mjs';
import { openLoop } from '../../harness/open-loop.mjs';
import { startPods } from '../pods/pods.mjs';
import { startGateway } from '../ways/gateway.mjs';
import { sharesSection, sharesVerdicts } from './shares.report.mjs';

const WEIGHTS = [1, 2, 4];
const GATEWAYS = 2;
/**
 * Sixty lives of a stream. Least connections fills the gap that a stream leaves with the short requests that come next,
 * so their shares wander while streams come and go. In simulations over 40 seeds half the runs were 3.4 % off or more
 * after 60 s, without a bias: the longer, the less.
 */
const LOAD = { ratePerSecond: 400, seconds: 180, seed: 1 };
/** Of so many requests one is a stream; by turns they last 2, 3 and 4 s. */
const STREAM_EVERY = 10;
const STREAMS = [20, 30, 40].map((events) => `/events?count=${events}&everyMs=100`);
const SHORT = '/work?ms=20';

/**
 * @typedef {object} Shares
 * @property {number[]} weights
 * @property {{work: number, events: number}[]} counts what each pod got
 * @property {number} asked requests
 * @property {number} failed of them
 */

/** @type {import('../part.mjs').Part<Shares>} */
export const sharesPart = {
  name: 'shares',
  peers: async () => [],
  measure,
  verdicts: sharesVerdicts,
  section: sharesSection,
};

async function measure({ stores, log }) {
  await using stack = new AsyncDisposableStack();
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const pods = await startPods(WEIGHTS.length, stack);
  const weighted = pods.map(({ url }, index) => ({ url, weight: WEIGHTS[index] }));
  const gateways = [];
  while (gateways.length < GATEWAYS)
    gateways.push(await own(startGateway({ stores, pods: weighted, cores: CORES.alone })));
  log(`shares: ${LOAD.ratePerSecond} requests/s over ${GATEWAYS} gateways for ${LOAD.seconds} s`);
  const asked = LOAD.ratePerSecond * LOAD.seconds;
  let turn = 0;
  const answered = await openLoop({
    ...LOAD,
    count: asked,
    ask: () => ask(gateways[turn % GATEWAYS].url, pathOf(turn++)),
  });
  const counts = await Promise.all(pods.map((pod) => pod.counts()));
  return { weights: WEIGHTS, counts, asked, failed: answered.filter((isWell) => !isWell).length };
}

/**
 * The gateways take turns at both kinds: 10 and 2 have a common divisor, so a stream's turn moves on by one each time.
 */
function pathOf(turn) {
  const round = Math.floor(turn / STREAM_EVERY);
  return turn % STREAM_EVERY === round % 2 ? STREAMS[round % STREAMS.length] : SHORT;
}

/** @returns {Promise<boolean>} whether it was answered to the end */
async function ask(url, path) {
  try {
    const response = await send('GET', url + path);
    if (path === SHORT) return (await textOf(response)) !== '';
    let events = 0;
    for await (const { data } of eventsOf(response)) if (Number(data) !== events++) return false;
    return path.includes(`count=${events}&`);
  } catch (error) {
    console.error(`A request failed: ${error.message}`);
    return false;
  }
}
