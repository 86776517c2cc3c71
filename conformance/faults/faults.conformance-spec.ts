import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startToxiproxy, type Link, type Toxic, type Toxiproxy } from '@slipstream/e2e/toxiproxy';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { programPath } from '../provision/program-path.js';
import { startMeasuredOrigin, type MeasuredOrigin } from './measured-origin.js';
import { download, outcomesOf, upload, type Visit } from './visits.js';

/** So that a minute's fault is one of a second. */
const WEB = {
  connectTimeoutMs: 1000,
  headersTimeoutMs: 1500,
  idleTimeoutMs: 1500,
  health: { intervalMs: 500, timeoutMs: 2000 },
  outliers: { ejectionMs: 500, maxEjectionMs: 500 },
  slowStartMs: 0,
  retries: { minPerSecond: 1000 },
};

const SIZE = 40_000;
const CROWD = { count: 60, together: 6 };
const FEW = { count: 6, together: 6 };

const down = (type: Toxic['type'], attributes: Toxic['attributes']): Toxic => ({
  type,
  stream: 'downstream',
  attributes,
});
const up = (type: Toxic['type'], attributes: Toxic['attributes']): Toxic => ({ type, stream: 'upstream', attributes });

interface Harm {
  name: string;
  /** Absent: no connection can be made. */
  toxic?: Toxic;
  /** What a client may come away with when every backend is so; each has to be one of these. */
  everywhere: readonly Visit[];
}

/** Nothing is lost, it only takes longer. */
const SLOW: readonly Harm[] = [
  { name: 'latency', toxic: down('latency', { latency: 100, jitter: 50 }), everywhere: [200] },
  { name: 'bandwidth', toxic: down('bandwidth', { rate: 100 }), everywhere: [200] },
  { name: 'slices', toxic: down('slicer', { average_size: 64, size_variation: 32, delay: 10 }), everywhere: [200] },
  { name: 'slow_close', toxic: down('slow_close', { delay: 500 }), everywhere: [200] },
  { name: 'latency of requests', toxic: up('latency', { latency: 100 }), everywhere: [200] },
  { name: 'bandwidth of requests', toxic: up('bandwidth', { rate: 1000 }), everywhere: [200] },
  {
    name: 'slices of requests',
    // The kernel has taken the whole upload while it is cut: smaller slices would take a busy machine longer than the
    // answer may.
    toxic: up('slicer', { average_size: 512, size_variation: 256, delay: 10 }),
    everywhere: [200],
  },
];

/** The backend has gone before it answers: another one does, if there is one and the request may be repeated. */
const GONE: readonly Harm[] = [
  { name: 'down', everywhere: [502, 503] },
  { name: 'reset_peer at once', toxic: down('reset_peer', { timeout: 0 }), everywhere: [502, 503] },
  { name: 'reset_peer at the request', toxic: up('reset_peer', { timeout: 0 }), everywhere: [502, 503] },
  { name: 'limit_data of nothing', toxic: down('limit_data', { bytes: 0 }), everywhere: [502, 503] },
  { name: 'limit_data within the head', toxic: down('limit_data', { bytes: 60 }), everywhere: [502, 503] },
  { name: 'timeout that closes', toxic: down('timeout', { timeout: 200 }), everywhere: [502, 503] },
];

/** The answer has begun, or never does: what there is is told as what it is. */
const LOST: readonly Harm[] = [
  { name: 'timeout that never closes', toxic: down('timeout', { timeout: 0 }), everywhere: [504, 503] },
  { name: 'latency above every deadline', toxic: down('latency', { latency: 60_000 }), everywhere: [504, 503] },
  {
    name: 'limit_data within the content',
    toxic: down('limit_data', { bytes: 20_000 }),
    everywhere: ['cut', 502, 503],
  },
  {
    name: 'reset_peer within the content',
    toxic: down('reset_peer', { timeout: 300 }),
    everywhere: [200, 'cut', 502, 503],
  },
  { name: 'limit_data within the request', toxic: up('limit_data', { bytes: 100 }), everywhere: [502, 503, 504] },
];

describe('faults between the gateway and its three backends', () => {
  let toxiproxy: Toxiproxy;
  let backends: MeasuredOrigin[];
  let links: Link[];
  let gateway: GatewayProcess;

  beforeAll(async () => {
    backends = await Promise.all(['one', 'two', 'three'].map(startMeasuredOrigin));
    toxiproxy = await startToxiproxy(programPath('toxiproxy'));
    links = await Promise.all(backends.map(({ address }, index) => toxiproxy.link(`backend-${index}`, address)));
    gateway = await startGateway(
      links.map(({ address }) => `http://${address}`),
      WEB,
    );
  });
  afterAll(async () => {
    await gateway.stop();
    await toxiproxy.stop();
    for (const { server } of backends) {
      server.closeAllConnections();
      server.close();
    }
  });

  const harm = (link: Link, { toxic }: Harm): Promise<void> => (toxic ? link.poison(toxic) : link.cut());

  /** Every backend answers again, and answers right. */
  const untilRecovered = () =>
    vi.waitFor(
      async () => {
        const answers = await Promise.all(Array.from({ length: 12 }, () => fetch(`${gateway.url}/`)));
        expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.get('x-backend')}`))).toEqual(
          new Set(['200 one', '200 two', '200 three']),
        );
      },
      { timeout: 20_000, interval: 100 },
    );

  beforeEach(untilRecovered);
  afterEach(() => Promise.all(links.map((link) => link.heal())).then(() => {}));

  describe.for([...SLOW, ...GONE])('$name', (tried) => {
    it('at one backend: every GET is answered, and rightly', async () => {
      await harm(links[0]!, tried);
      expect(await outcomesOf(() => download(gateway.url, SIZE), CROWD)).toEqual([200]);
      expect(await outcomesOf(() => download(gateway.url, SIZE + 1), CROWD)).toEqual([200]);
    });

    it('at one backend: every PUT that can be repeated is answered, and rightly', async () => {
      await harm(links[0]!, tried);
      expect(await outcomesOf(() => upload(gateway.url, 10_000, 'PUT'), CROWD)).toEqual([200]);
    });
  });

  describe.for([...SLOW, ...GONE, ...LOST])('$name', (tried) => {
    it('at every backend: the client is told what it is', async () => {
      await Promise.all(links.map((link) => harm(link, tried)));
      const outcomes = [
        ...(await outcomesOf(() => download(gateway.url, SIZE), FEW)),
        ...(await outcomesOf(() => download(gateway.url, SIZE + 1), FEW)),
      ];
      expect(outcomes.filter((outcome) => !tried.everywhere.includes(outcome))).toEqual([]);
    });

    it('at every backend: no upload is taken for one that it was not', async () => {
      await Promise.all(links.map((link) => harm(link, tried)));
      const allowed: Visit[] = SLOW.includes(tried) ? [200] : [200, 'cut', 502, 503, 504];
      for (const size of [10_000, 300_000]) {
        const outcomes = await outcomesOf(() => upload(gateway.url, size), FEW);
        expect(
          outcomes.filter((outcome) => !allowed.includes(outcome)),
          `${size} bytes`,
        ).toEqual([]);
      }
    });
  });

  describe.for([...SLOW, ...GONE, ...LOST])('$name', (tried) => {
    it('at one backend: no POST comes twice, whatever becomes of it', async () => {
      for (const backend of backends) backend.visits.length = 0;
      await harm(links[0]!, tried);
      const outcomes = await outcomesOf(() => upload(gateway.url, 10_000), CROWD);
      expect(outcomes).toContain(200);
      expect(outcomes).not.toContain('wrong');
      const visits = backends.flatMap((backend) => backend.visits);
      expect(visits).toEqual([...new Set(visits)]);
    });
  });

  describe.for(LOST)('$name', (tried) => {
    it('at one backend: no wrong byte, and the others go on', async () => {
      await harm(links[0]!, tried);
      const outcomes = await outcomesOf(() => download(gateway.url, SIZE), CROWD);
      expect(outcomes).toContain(200);
      expect(outcomes.filter((outcome) => outcome !== 200 && !tried.everywhere.includes(outcome))).toEqual([]);
    });
  });
});
