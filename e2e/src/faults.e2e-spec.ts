import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { getOnOwnConnection } from './own-connection.js';
import { startService, type ServiceProcess } from './process.js';
import { recordOf, signalProcess } from './processes.mjs';

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};
const INJECTED = { NODE_OPTIONS: `--import=${new URL('inject-faults.mjs', import.meta.url)}` };
const FATAL_EXIT_CODE = 70;
/** Only a hang takes as long. */
const DEADLINE = { timeout: 180_000 };

const held: ServerResponse[] = [];
let pod: Server;
let podUrl: string;
beforeAll(async () => {
  pod = createServer(
    (req, res) => void (req.url === '/hold' || req.url === '/fault' ? held.push(res) : res.end('page')),
  ).listen(0, '127.0.0.1');
  await once(pod, 'listening');
  podUrl = `http://127.0.0.1:${(pod.address() as { port: number }).port}`;
});
afterAll(() => (pod.closeAllConnections(), pod.close()));

async function start(env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
  held.length = 0;
  const gateway = await startService('gateway', { ...AWAY, ...INJECTED, WEB_BACKENDS: podUrl, ...env });
  onTestFinished(async () => void (await gateway.stop('SIGKILL')));
  return gateway;
}

const get = async (url: string): Promise<string> => (await getOnOwnConnection(url)).text;

const pidsOf = ({ logs }: ServiceProcess): number[] =>
  logs.filter(({ msg }) => msg === 'gateway is up').map(({ pid }) => Number(pid));

it('loses one connection by an error of its request, on both listeners', DEADLINE, async () => {
  const gateway = await start();
  const holding = get(`${gateway.url}/hold`);
  await vi.waitFor(() => expect(held).toHaveLength(1), DEADLINE);
  for (const url of [gateway.url, gateway.managementUrl]) {
    const { port, hostname } = new URL(url);
    const hurt = connect(Number(port), hostname, () => hurt.write(`GET /fault HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`));
    await once(hurt.on('error', () => {}).resume(), 'close');
  }
  expect(await get(gateway.url)).toBe('page');
  held[0]?.end('held');
  expect(await holding).toBe('held');
  const metrics = await get(`${gateway.managementUrl}/metrics`);
  expect(metrics).toContain('slipstream_unexpected_errors_total{outcome="contained"} 2');
  expect(metrics).toMatch(/^slipstream_http_requests_in_flight 0$/m);
});

it('drains by an error outside any connection, and asks to be started again', DEADLINE, async () => {
  const gateway = await start();
  const holding = get(`${gateway.url}/hold`);
  await vi.waitFor(() => expect(held).toHaveLength(1), DEADLINE);
  gateway.child.kill('SIGUSR2');
  await vi.waitFor(
    () => expect(gateway.logs.map(({ msg }) => msg)).toContain('shutting down: no new work is accepted'),
    DEADLINE,
  );
  held[0]?.end('held');
  expect(await holding).toBe('held');
  expect(await gateway.exited).toBe(FATAL_EXIT_CODE);
});

it('of several processes: the others serve, another takes its place, and no request is lost', DEADLINE, async () => {
  const gateway = await start({ PROCESSES: '2' });
  await vi.waitFor(() => expect(pidsOf(gateway)).toHaveLength(2), DEADLINE);
  const holding = Array.from({ length: 8 }, () => get(`${gateway.url}/hold`));
  await vi.waitFor(() => expect(held).toHaveLength(8), DEADLINE);
  signalProcess(recordOf(pidsOf(gateway)[0] as number, process.execPath)!, 'SIGUSR2');
  await vi.waitFor(
    () => expect(gateway.logs.map(({ msg }) => msg)).toContain('shutting down: no new work is accepted'),
    DEADLINE,
  );
  expect(await get(gateway.url)).toBe('page');
  for (const response of held) response.end('held');
  expect(await Promise.all(holding)).toEqual(Array(8).fill('held'));
  await vi.waitFor(() => expect(pidsOf(gateway)).toHaveLength(3), DEADLINE);
  expect(await get(gateway.url)).toBe('page');
});
