import { freePort } from '../../../tools/services/ports.mjs';
import { CORES } from '../../harness/cores.mjs';
import { inspect } from '../../harness/inspector.mjs';
import { limitMemory } from '../../harness/memory-limit.mjs';
import { table } from '../../harness/table.mjs';
import { FORMER } from '../../proxy/ways/former.mjs';
import { startGateway } from '../../proxy/ways/gateway.mjs';
import { nginxVersion, startNginxPods } from '../../proxy/ways/nginx.mjs';
import { fill } from './fill.mjs';

const MIB = 1024 * 1024;
const BODY = JSON.stringify({ text: 'x'.repeat(1011) });
const HEADER = 'Cache-Control "public, max-age=3600"';
const WARM_UP = 2_000;
const ENTRIES = 100_000;
/** Of the gateway in little memory. Its cache is smaller than what is requested, so that the scan evicts. */
const MEMORY_BYTES = 512 * MIB;
const SCANNED = 1_000_000;

/** @type {import('../../proxy/part.mjs').Part<object[]>} */
export const memoryPart = { name: 'memory', peers: async () => [await nginxVersion()], measure, verdicts, section };

async function measure({ stores, former, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const { urls, stop } = await startNginxPods({ count: 1, cores: CORES.load, body: BODY, header: HEADER });
  stack.defer(stop);
  const before = { stores, pods: urls.map((url) => ({ url })), cores: CORES.alone, log, signal };
  const { memoryShares } = await import('@slipstream/config'); // here, because it is there only once it is built
  const { responseCacheBytes: cacheBytes } = memoryShares({ memory: { maxBytes: MEMORY_BYTES }, processes: 1 });
  const small = await growInLittle({ ...before, count: SCANNED, cacheBytes });
  const measured = [{ ...(await grow({ ...before, count: ENTRIES })), name: 'Slipstream gateway' }, small];
  if (former) measured.push({ ...(await grow({ ...before, root: former, count: ENTRIES })), name: FORMER });
  return measured;
}

/** In a container's limit, which the gateway finds by itself; where none can be made, by the setting alone. */
async function growInLittle({ cacheBytes, ...options }) {
  const memory = limitMemory('gateway', MEMORY_BYTES);
  const settings = memory ? {} : { memory: { maxBytes: MEMORY_BYTES } };
  const name = memory ? 'in a cgroup of 512 MiB' : 'with memory.maxBytes: 512 MiB';
  const grown = await grow({ ...options, settings, memory });
  const one = { ...grown, cacheBytes, name, ...(memory && { peakOfLimitMb: memory.peakMb() }) };
  memory?.remove();
  return one;
}

/** Fills a gateway of its own, and compares its memory before and after. */
async function grow({ stores, pods, cores, root, settings, memory, count, log, signal }) {
  const port = await freePort();
  const nodeOptions = [`--inspect-port=127.0.0.1:${port}`];
  const gateway = await startGateway({ stores, pods, cores, root, settings, nodeOptions, memory });
  gateway.openInspector(); // it was started without, because a debugged service does not bound its heap
  const inspector = await inspect(port);
  try {
    await fill({ url: gateway.url, prefix: '/warm-up?', from: 0, count: WARM_UP });
    const start = await memoryOf(gateway, inspector);
    let peakMb = 0;
    for (let from = 0; from < count; from += ENTRIES / 10) {
      signal.throwIfAborted();
      await fill({ url: gateway.url, prefix: '/items/item?number=', from, count: ENTRIES / 10 });
      peakMb = Math.max(peakMb, gateway.residentMb());
      if (from % ENTRIES === 0) log(`memory: ${from} of ${count} stored, ${peakMb.toFixed(0)} MB resident at most`);
    }
    return { count, start, end: await memoryOf(gateway, inspector), peakMb };
  } finally {
    inspector.close();
    await gateway.stop();
  }
}

async function memoryOf(gateway, inspector) {
  const residentMb = gateway.residentMb();
  const { heapUsed, external } = await inspector.usageAfterGc();
  const text = await (await fetch(`${gateway.managementUrl}/metrics`)).text();
  const metric = (name) => Number(new RegExp(`^slipstream_response_cache_${name} (\\S+)`, 'm').exec(text)?.[1]);
  return {
    residentMb,
    usedMb: (heapUsed + external) / 1e6,
    heapMb: heapUsed / 1e6,
    countedMb: metric('bytes') / 1e6,
    entries: metric('entries'),
  };
}

/** What the entries cost for each byte that is counted for them. */
const costRatio = ({ start, end }) => (end.usedMb - start.usedMb) / (end.countedMb - start.countedMb);

function verdicts([gateway, small]) {
  const cost = costRatio(gateway);
  const growth = ((small.peakMb - small.start.residentMb) * 1e6) / small.cacheBytes;
  return [
    {
      aim: `${ENTRIES} answers of 1 KB cost what is counted for them, within a fifth`,
      measured: cost.toFixed(2),
      isMet: Math.abs(cost - 1) <= 0.2,
    },
    { aim: 'resident memory grows by at most 1.3 of the cache', measured: growth.toFixed(2), isMet: growth <= 1.3 },
    {
      aim: `a gateway of 512 MiB survives ${SCANNED} URLs within them`,
      measured: `${small.peakMb.toFixed(0)} MB resident at most${
        small.peakOfLimitMb ? `; ${small.peakOfLimitMb.toFixed(0)} MB of its cgroup` : ''
      }`,
      isMet: small.peakMb * 1e6 <= MEMORY_BYTES,
    },
  ];
}

function section(measured) {
  const head = [
    'gateway',
    'stored',
    'kept',
    'counted MB',
    'used MB',
    'of it heap',
    'cost/counted',
    'resident MB',
    'at most',
  ];
  const rows = measured.map((one) => [
    one.name,
    String(one.count),
    String(one.end.entries),
    one.end.countedMb - one.start.countedMb,
    one.end.usedMb - one.start.usedMb,
    one.end.heapMb - one.start.heapMb,
    costRatio(one).toFixed(2),
    `${one.start.residentMb.toFixed(0)} to ${one.end.residentMb.toFixed(0)}`,
    one.peakMb,
  ]);
  return ['## Memory of the response cache', INTRODUCTION, table(head, rows)].join('\n\n');
}

const INTRODUCTION = `Answers of 1 KB, each requested once after
${WARM_UP} that do not count. Counted:
\`slipstream_response_cache_bytes\`. Used: V8's heap and
what it refers to outside, after a collection. Resident: VmRSS. MB are 10^6 bytes, and differences to the start but
for resident.`;
